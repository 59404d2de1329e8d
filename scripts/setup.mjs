// What must be there before anything of the project can run: its dependencies, and its build. Both are made only when they
// are missing or out of date. Plain Node, since nothing is installed yet.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '')

/** Npm writes it when it has installed; it is compared with the lockfile of this checkout. */
const installed = join(root, 'node_modules', '.stacktach-lock')

/** A step of the set-up that failed; what it printed has been shown. */
export class SetupError extends Error {
  name = 'SetupError'
}

/**
 * Installs dependencies that are missing or out of date, and builds what has changed.
 * @returns {Promise<void>}
 * @throws {SetupError}
 */
export async function setUp() {
  await installDependencies()
  await build()
}

export async function installDependencies() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return
  process.stderr.write('installing dependencies\n')
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(installed, lock)
}

/** Builds with turbo, which does only what has changed; a deployment without turbo has its build already. */
export async function build() {
  const turbo = join(root, 'node_modules', '.bin', 'turbo')
  if (!existsSync(turbo)) return
  await run(turbo, ['run', 'build', '--output-logs=errors-only', '--log-order=grouped'], {
    quiet: true,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
  })
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
