import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { createBrokers } from '../demo/brokers.mjs'
import { freePort } from '../demo/freePort.mjs'
import { run } from '../services/run.mjs'
import { root } from '../setup.mjs'
import { Transcript } from './transcript.mjs'

const COMMAND_TIMEOUT_MS = 600_000
const POLL_INTERVAL_MS = 500

/** @typedef {import('./transcript.mjs').Excerpt} Excerpt */
/** @typedef {{ stop: () => Promise<string> }} Background stop: presses Ctrl-C and returns the output */
/** @typedef {Awaited<ReturnType<typeof openTour>>} Tour */

/**
 * Runs commands in an empty temporary folder and records them with their output.
 * @param {AbortSignal} stopping
 */
export async function openTour(stopping) {
  const folder = mkdtempSync(join(tmpdir(), 'stacktach-tour-'))
  const checkout = join(folder, 'stacktach')
  const port = await freePort(8000)
  const transcript = new Transcript()
  const env = shellEnvironment(folder)
  /** @type {Background[]} */
  const running = []

  /** @param {string} command */
  const shellCommand = (command) => {
    process.stderr.write(`$ ${command.split('\n')[0]}\n`)
    stopping.throwIfAborted()
    return existsSync(join(checkout, 'env.sh')) ? `. ./env.sh\n${command}` : command
  }
  const currentFolder = () => (existsSync(checkout) ? checkout : folder)

  /** @param {string} command */
  const runToEnd = async (command) => {
    const options = { cwd: currentFolder(), env, timeout: COMMAND_TIMEOUT_MS }
    return run('bash', ['-c', shellCommand(command)], options)
  }

  return {
    port,
    /** @param {...string} paragraphs */
    write: (...paragraphs) => transcript.write(...paragraphs),
    text: () => transcript.text(),

    /**
     * Runs a command, which must succeed, and records it.
     * @param {string} command
     * @param {Excerpt} [excerpt]
     * @returns {Promise<string>} the output
     */
    command: async (command, excerpt) => {
      const { ok, output } = await runToEnd(command)
      if (!ok) throw new Error(`${command} failed:\n${output}`)
      transcript.command(command, output, excerpt)
      return output
    },

    /**
     * Repeats a command, without recording it, until its output matches.
     * @param {string} command
     * @param {RegExp} pattern
     */
    until: async (command, pattern) => {
      const deadline = Date.now() + COMMAND_TIMEOUT_MS
      for (;;) {
        const { output } = await runToEnd(command)
        if (pattern.test(output)) return
        if (Date.now() > deadline) throw new Error(`the output of ${command} does not match ${pattern}:\n${output}`)
        await sleep(POLL_INTERVAL_MS)
      }
    },

    /**
     * Starts a process, and records its output until it matches.
     * @param {string} command
     * @param {RegExp} pattern
     * @param {Excerpt} [excerpt]
     * @returns {Promise<Background>}
     */
    start: async (command, pattern, excerpt) => {
      // In a process group of its own, which gets the signal as from Ctrl-C in a terminal.
      const child = spawn('bash', ['-c', shellCommand(command)], { cwd: checkout, env, detached: true })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
      const ended = new Promise((resolve) => child.once('close', resolve))
      const background = {
        stop: async () => {
          if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
          await ended
          return output
        },
      }
      running.push(background)
      const deadline = Date.now() + COMMAND_TIMEOUT_MS
      while (!pattern.test(output)) {
        stopping.throwIfAborted()
        if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${command} did not start:\n${output}`)
        await sleep(POLL_INTERVAL_MS)
      }
      transcript.command(command, output, excerpt)
      return background
    },

    /** Creates the brokers of the cloud and the deployments file, which exist before StackTach is installed. */
    createCloud: async () => {
      const services = await import(pathToFileURL(join(checkout, 'scripts/services/index.mjs')).href)
      const { env: servers } = await services.servicesStatus({ env: {} })
      await createBrokers(servers, 'cloud', join(checkout, 'deployments.json'))
    },

    close: async () => {
      for (const background of running.reverse()) await background.stop()
      if (existsSync(join(checkout, 'node_modules'))) {
        await run(process.execPath, ['scripts/services.mjs', 'down', '--purge'], { cwd: checkout, env })
      }
      rmSync(folder, { recursive: true })
    },
  }
}

/**
 * The environment without the variables of npm and of existing servers, and with a folder for global packages.
 * @param {string} folder
 */
function shellEnvironment(folder) {
  const excluded = /^(npm_.*|INIT_CWD|NODE|COLOR|DATABASE_(READ_)?URL|REDIS_URL|AMQP_(MANAGEMENT_)?URL)$/i
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !excluded.test(name)))
  const path = (inherited.PATH ?? '').split(delimiter).filter((part) => !part.includes('node_modules'))
  const globalFolder = join(folder, 'global')
  return {
    ...inherited,
    PATH: [join(globalFolder, 'bin'), ...path].join(delimiter),
    REPOSITORY: root,
    npm_config_prefix: globalFolder,
    npm_config_update_notifier: 'false',
  }
}
