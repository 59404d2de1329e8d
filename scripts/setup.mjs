// Installs the dependencies and builds the packages if they are missing or out of date. It uses Node alone, because it
// runs before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

const modules = join(root, 'node_modules')

const lockfile = join(root, 'package-lock.json')

/** A file with the start time of the last build, in milliseconds. */
const BUILT_AT_FILE = join(modules, '.stacktach-built')

/** A failed step of the set-up; its output has been printed. */
export class SetupError extends Error {
  /** @override */
  name = 'SetupError'
}

/**
 * Installs missing dependencies, and builds what has changed.
 * @param {{ update?: boolean, rebuild?: boolean }} [options] update: also reinstall if the installed versions differ
 *   from the lockfile; not for processes, which may run beside others that use the installed files. rebuild: false to
 *   build only if nothing was ever built
 * @returns {Promise<void>}
 * @throws {SetupError}
 */
export async function setUp({ update = false, rebuild = true } = {}) {
  // The image contains the built programs only.
  if (!existsSync(lockfile)) return
  if (!existsSync(modules) || (update && !isInstalled())) {
    process.stderr.write('installing dependencies\n')
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  }
  if (rebuild || !existsSync(BUILT_AT_FILE)) await build()
}

/** Whether the installed versions are those of the lockfile; packages of other platforms are ignored. */
function isInstalled() {
  const installedFile = join(modules, '.package-lock.json')
  if (!existsSync(installedFile)) return false
  const installed = readLockfile(installedFile)
  return Object.entries(readLockfile(lockfile)).every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  )
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readLockfile(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages
}

/**
 * Builds if a source is newer than the last build. Does nothing in a production deployment: it is already built, and
 * has no development dependencies.
 * @returns {Promise<void>}
 * @throws {SetupError}
 */
async function build() {
  const turbo = join(modules, '.bin', 'turbo')
  if (!existsSync(turbo) || isBuilt()) return
  const startedAt = Date.now()
  await run(turbo, ['run', 'build', '--output-logs=errors-only', '--log-order=grouped'], {
    quiet: true,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  })
  writeFileSync(BUILT_AT_FILE, String(startedAt))
}

function isBuilt() {
  if (!existsSync(BUILT_AT_FILE)) return false
  const builtAt = Number(readFileSync(BUILT_AT_FILE, 'utf8'))
  /** @param {string} path */
  const isUnchanged = (path) => statSync(path).mtimeMs < builtAt
  return (
    ['package-lock.json', 'tsconfig.json', 'turbo.json', 'prisma/schema.prisma'].every((file) =>
      isUnchanged(join(root, file)),
    ) &&
    workspaces().every(
      (folder) =>
        existsSync(join(folder, 'dist')) &&
        ['package.json', 'tsconfig.json'].every((file) => isUnchanged(join(folder, file))) &&
        filesBelow(join(folder, 'src')).every(isUnchanged),
    )
  )
}

function workspaces() {
  const nested = ['apps', 'packages'].flatMap((kind) =>
    readdirSync(join(root, kind), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(root, kind, name)),
  )
  return [...nested, join(root, 'faults'), join(root, 'bench')]
}

/** @param {string} folder */
function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('generated'))
    .map((entry) => join(entry.parentPath, entry.name))
}

/**
 * Runs a command to its end. Its output goes to standard error, because standard output is the program's own.
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv }} [options] quiet: print the output only if the command fails
 * @returns {Promise<void>}
 * @throws {SetupError}
 */
function run(command, args, { quiet = false, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    /** @type {Buffer[]} */
    const output = []
    /** @param {Buffer} chunk */
    const receive = (chunk) => (quiet ? output.push(chunk) : process.stderr.write(chunk))
    child.stdout.on('data', receive)
    child.stderr.on('data', receive)
    child.on('error', (error) => reject(new SetupError(`${command}: ${error.message}`)))
    child.on('close', (status) => {
      if (status === 0) return resolve()
      for (const chunk of output) process.stderr.write(chunk)
      reject(new SetupError(`${command} ${args.join(' ')} failed`))
    })
  })
}
