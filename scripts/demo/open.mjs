import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureServices, stopServices } from '../services/index.mjs'
import { root, setUp } from '../setup.mjs'
import { dropBrokers, makeBrokers } from './brokers.mjs'
import { dropDatabase, dropKeys } from './drop.mjs'
import { freePort } from './freePort.mjs'

/** Milliseconds in which a process must be up. */
const PATIENCE = 60_000

const programs = {
  ingest: ['apps/worker/dist/main.js', 'ingest'],
  jobs: ['apps/worker/dist/main.js', 'jobs'],
  api: ['apps/api/dist/main.js'],
  stacktach: ['apps/cli/dist/main.js'],
  simulate: ['packages/simulator/dist/main.js'],
}

/**
 * @typedef {object} Demo
 * @property {AbortSignal} stopping
 * @property {string} folder where logs and files of the demo are
 * @property {string} deploymentsFile
 * @property {(path: string) => Promise<{ status: number, body: unknown }>} ask the API
 * @property {string} address of the API
 * @property {(name: string, ...args: string[]) => Promise<{ code: number, output: string }>} run a program to its end
 * @property {(name: string, ...args: string[]) => import('node:child_process').ChildProcess} start a program
 * @property {() => Promise<void>} close stops all that the demo started
 */

/**
 * Sets up what is missing, and starts ingest, jobs and api on a database and virtual hosts of the demo's own.
 * @param {AbortSignal} stopping
 * @returns {Promise<Demo>}
 */
export async function openDemo(stopping) {
  await setUp({ update: true })
  const { env: servers, startedHere } = await ensureServices()
  const folder = mkdtempSync(join(tmpdir(), 'stacktach-demo-'))
  const deploymentsFile = join(folder, 'deployments.json')
  const children = []
  const owner = `stacktach-demo-${process.pid}`
  const databaseName = `stacktach_demo_${process.pid}`
  const close = async () => {
    for (const child of children.reverse()) await end(child)
    await dropBrokers(servers, owner)
    await dropDatabase(servers.DATABASE_URL, databaseName)
    await dropKeys(servers.REDIS_URL, owner)
    if (startedHere) await stopServices()
  }
  try {
    const port = await freePort(8000)
    const database = new URL(servers.DATABASE_URL)
    database.pathname = `/${databaseName}`
    const env = {
      ...process.env,
      ...servers,
      DATABASE_URL: database.href,
      DATABASE_READ_URL: '',
      REDIS_PREFIX: owner,
      STACKTACH_DEPLOYMENTS_FILE: deploymentsFile,
      API_HOST: '127.0.0.1',
      API_PORT: String(port),
      LOG_LEVEL: 'info',
    }
    const start = (name, ...args) => {
      const [file, ...first] = programs[name]
      const log = openSync(join(folder, `${name}.log`), 'a')
      // A process group of its own: Ctrl-C in the terminal is the demo's to pass on, in order.
      const child = spawn(process.execPath, [join(root, file), ...first, ...args], {
        env,
        detached: true,
        stdio: ['ignore', log, log],
      })
      closeSync(log)
      children.push(child)
      return child
    }
    const run = (name, ...args) => {
      const [file, ...first] = programs[name]
      return toEnd(
        spawn(process.execPath, [join(root, file), ...first, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
      )
    }
    const ask = async (path) => {
      const response = await fetch(`${address}${path}`, { signal: stopping })
      return { status: response.status, body: await response.json() }
    }
    const address = `http://127.0.0.1:${port}`

    process.stderr.write(`starting on ${address}, logs in ${folder}\n`)
    await makeBrokers(servers, owner, deploymentsFile)
    const migrated = await run('stacktach', 'migrate')
    if (migrated.code !== 0) throw new Error(migrated.output)
    for (const name of ['ingest', 'jobs', 'api']) start(name)
    await until(
      stopping,
      children,
      async () => (await ask('/readyz')).status === 200,
      `the processes are not up, see ${folder}`,
    )
    return { stopping, folder, deploymentsFile, ask, address, run, start, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Resolves when `condition` holds; rejects when a process ended, on stopping, or when patience is over. */
export async function until(stopping, children, condition, otherwise) {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    stopping.throwIfAborted()
    if (await condition().catch(() => false)) return
    if (Date.now() > deadline || children.some((child) => child.exitCode !== null)) throw new Error(otherwise)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

function toEnd(child) {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout.on('data', (chunk) => (output += chunk))
    child.stderr.on('data', (chunk) => (output += chunk))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output }))
  })
}
