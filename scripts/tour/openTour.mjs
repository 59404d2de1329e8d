import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { dropBrokers, makeBrokers } from '../demo/brokers.mjs'
import { dropDatabase, dropKeys } from '../demo/drop.mjs'
import { freePort } from '../demo/freePort.mjs'
import { ServicesError } from '../services/index.mjs'
import { root } from '../setup.mjs'
import { openTerminal } from './terminal.mjs'
import { Transcript } from './transcript.mjs'

/** What the tour owns on the servers: virtual hosts, keys and, with an underscore, the database. */
export const OWNER = 'stacktach-tour'
export const DATABASE = 'stacktach_tour'

/** Of the metrics and of Prometheus, as `deploy/prometheus` has them. */
const PORTS = [9101, 9111, 9121, 9090]

/** Columns of the terminal: enough for all tables. */
const COLUMNS = 190

/**
 * Types commands into the terminals of a tour, and writes down what is seen.
 * @typedef {Awaited<ReturnType<typeof openTour>>} Tour
 */

/**
 * An empty temporary folder with a terminal in it.
 * @param {AbortSignal} stopping
 */
export async function openTour(stopping) {
  for (const taken of PORTS) {
    if ((await freePort(taken)) !== taken) throw new ServicesError(`the tour needs port ${taken}, which is taken`)
  }
  const folder = mkdtempSync(join(tmpdir(), 'stacktach-tour-'))
  const checkout = join(folder, 'stacktach')
  const transcript = new Transcript()
  const terminals = []
  const port = await freePort(8000)
  const env = shellEnvironment(folder)
  const open = async (columns = COLUMNS, place = checkout) => {
    const terminal = await openTerminal({ columns, folder: place, env, stopping })
    terminals.push(terminal)
    return terminal
  }
  /** The servers of the clone, asked from its own scripts; they are none of this checkout's. */
  const ofServices = async (name) => {
    const services = await import(pathToFileURL(join(checkout, 'scripts/services/index.mjs')).href)
    return services[name]()
  }
  const seen = (command) => process.stderr.write(`$ ${command.split('\n')[0]}\n`)
  const main = await open(COLUMNS, folder)

  const tour = {
    port,
    /** The address of the api. */
    url: `http://127.0.0.1:${port}`,
    checkout,
    says: (...paragraphs) => transcript.says(...paragraphs),
    text: () => transcript.text(),

    /**
     * Types a command and shows it with its output.
     * @param {string} command
     * @param {{ first?: number, last?: number, code?: number, terminal?: import('./terminal.mjs').Terminal }} [options]
     *   first, last: lines shown; code: the exit code that it must have
     * @returns {Promise<string>} the output
     */
    types: async (command, { code: expected = 0, terminal = main, ...excerpt } = {}) => {
      seen(command)
      const { output, code } = await terminal.type(command)
      if (code !== expected) throw new Error(`${command} ended with ${code}, not ${expected}:\n${output}`)
      transcript.shows(command, output, excerpt)
      return output
    },

    /** Types a command that need not be seen, until its output matches. */
    until: async (command, pattern) => {
      seen(`(until ${pattern}) ${command}`)
      for (let tries = 0; ; tries++) {
        const { output } = await main.type(command)
        if (pattern.test(output)) return
        if (tries === 300) throw new Error(`${command} did not come to ${pattern}:\n${output}`)
        await new Promise((resolve) => setTimeout(resolve, 1000))
      }
    },

    /**
     * Starts in a terminal of its own what goes on, and shows what it says until that matches.
     * @returns {Promise<{ stop: (excerpt?: object) => Promise<string> }>} stop: by Ctrl-C, shown with what it says since
     */
    starts: async (command, pattern, excerpt = {}) => {
      seen(command)
      const terminal = await open()
      await terminal.type('. ./env.sh')
      terminal.start(command)
      const before = await terminal.shown(pattern)
      transcript.shows(command, before, excerpt)
      return {
        stop: async () => {
          const { output, code } = await terminal.interrupt()
          // npm, which got the signal too, ends with 130 whatever the program ended with.
          if (code !== 0 && code !== 130) throw new Error(`${command} ended with ${code} after Ctrl-C:\n${output}`)
          await terminal.close()
          return output
        },
      }
    },

    /** Types a command that goes on, until its output matches; then presses Ctrl-C, and shows all of it. */
    watches: async (command, pattern, excerpt = {}) => {
      seen(command)
      main.start(command)
      await main.shown(pattern)
      const { output, code } = await main.interrupt()
      if (code !== 0) throw new Error(`${command} ended with ${code} after Ctrl-C:\n${output}`)
      transcript.shows(command, output, excerpt)
    },

    /** Whether there is a program of that name. */
    has: async (program) => (await main.type(`command -v ${program}`)).code === 0,

    /** Another terminal, as wide as that. */
    terminal: async (columns) => {
      const terminal = await open(columns)
      await terminal.type('. ./env.sh')
      return terminal
    },

    /** Makes what a cloud has before StackTach comes: brokers, and here also the file that names them. */
    makeCloud: async () => {
      const { env: servers } = await ofServices('servicesStatus')
      await clear(servers)
      await makeBrokers(servers, OWNER, join(checkout, 'deployments.json'))
    },

    close: async () => {
      for (const terminal of terminals.reverse()) await terminal.close()
      if (existsSync(join(checkout, 'node_modules'))) {
        const { env: servers, allUp } = await ofServices('servicesStatus')
        if (allUp) await clear(servers)
        execFileSync(process.execPath, ['scripts/services.mjs', 'down', '--purge'], {
          cwd: checkout,
          env,
          stdio: 'ignore',
        })
      }
      rmSync(folder, { recursive: true })
    },
  }
  return tour
}

async function clear(servers) {
  await dropBrokers(servers, OWNER)
  await dropDatabase(servers.DATABASE_URL, DATABASE)
  await dropKeys(servers.REDIS_URL, OWNER)
}

/** The environment as it was before npm ran this script, with a place of its own for what is installed globally. */
function shellEnvironment(folder) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(npm_|INIT_CWD$|NODE$|COLOR$)/i.test(name))
  const env = Object.fromEntries(inherited)
  const path = (env.PATH ?? '').split(delimiter).filter((place) => !place.includes('node_modules'))
  const global = join(folder, 'global')
  return {
    ...env,
    PATH: [join(global, 'bin'), ...path].join(delimiter),
    REPOSITORY: root,
    npm_config_prefix: global,
    npm_config_update_notifier: 'false',
  }
}
