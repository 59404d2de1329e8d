// What must be there before anything of the project can run: its dependencies, and its build. Both are made only when they
// are missing or out of date. Plain Node, since nothing is installed yet.
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

const modules = join(root, 'node_modules')

/** Holds when the last build began, in milliseconds. */
const built = join(modules, '.stacktach-built')

/** A step of the set-up that failed; what it printed has been shown. */
export class SetupError extends Error {
  name = 'SetupError'
}

/**
 * Installs dependencies that are missing, and builds what has changed.
 * @param {{ update?: boolean }} [options] update: install again when the lockfile says something else than what is there;
 *   never done under a process that may be running beside others
 * @returns {Promise<void>}
 * @throws {SetupError}
 */
export async function setUp({ update = false } = {}) {
  if (!existsSync(modules) || (update && !isInstalled())) {
    process.stderr.write('installing dependencies\n')
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  }
  await build()
}

/** Whether what npm noted of its last installation is what the lockfile asks for, packages of other platforms aside. */
function isInstalled() {
  const hidden = join(modules, '.package-lock.json')
  if (!existsSync(hidden)) return false
  const there = JSON.parse(readFileSync(hidden, 'utf8')).packages
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  return Object.entries(wanted).every(
    ([place, { version, optional }]) => place === '' || optional || there[place]?.version === version,
  )
}

/**
 * Builds when a source is newer than the last build. A deployment without development dependencies has been built before,
 * and cannot be again.
 */
export async function build() {
  const turbo = join(modules, '.bin', 'turbo')
  if (!existsSync(turbo) || isBuilt()) return
  const began = Date.now()
  await run(turbo, ['run', 'build', '--output-logs=errors-only', '--log-order=grouped'], {
    quiet: true,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  })
  writeFileSync(built, String(began))
}

function isBuilt() {
  if (!existsSync(built)) return false
  const since = Number(readFileSync(built, 'utf8'))
  const unchanged = (path) => statSync(path).mtimeMs < since
  return (
    ['package-lock.json', 'tsconfig.json', 'turbo.json', 'prisma/schema.prisma'].every((file) =>
      unchanged(join(root, file)),
    ) &&
    workspaces().every(
      (folder) =>
        existsSync(join(folder, 'dist')) &&
        ['package.json', 'tsconfig.json'].every((file) => unchanged(join(folder, file))) &&
        filesBelow(join(folder, 'src')).every(unchanged),
    )
  )
}

function workspaces() {
  const below = ['apps', 'packages'].flatMap((kind) =>
    readdirSync(join(root, kind), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(root, kind, name)),
  )
  return [...below, join(root, 'faults'), join(root, 'bench')]
}

function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('generated'))
    .map((entry) => join(entry.parentPath, entry.name))
}

/**
 * Runs a command to its end. `quiet`: what it prints is shown only when it fails; else all of it goes to standard error, so
 * that standard output is the program's own.
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<void>}
 */
export function run(command, args, { quiet = false, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const held = []
    const take = (chunk) => (quiet ? held.push(chunk) : process.stderr.write(chunk))
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.on('error', (error) => reject(new SetupError(`${command}: ${error.message}`)))
    child.on('close', (status) => {
      if (status === 0) return resolve()
      for (const chunk of held) process.stderr.write(chunk)
      reject(new SetupError(`${command} ${args.join(' ')} failed`))
    })
  })
}
