import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ensureServices, stopServices } from '../services/index.mjs'
import { run as runCommand } from '../services/run.mjs'
import { root, setUp } from '../setup.mjs'
import { createBrokers, dropBrokers } from './brokers.mjs'
import { dropDatabase, dropKeys } from './drop.mjs'
import { freePort } from './freePort.mjs'

const START_TIMEOUT_MS = 60_000
const POLL_INTERVAL_MS = 100

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/**
 * @typedef {'ingest' | 'jobs' | 'api' | 'stacktach' | 'simulate'} Program
 * @type {Record<Program, [file: string, ...args: string[]]>}
 */
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
 * @property {string} folder of the demo's logs and files
 * @property {string} deploymentsFile
 * @property {(path: string) => Promise<{ status: number, body: unknown }>} query the API
 * @property {string} address of the API
 * @property {(program: Program, ...args: string[]) => Promise<string>} run a program to its end and return its standard output;
 *   throws if it fails
 * @property {(program: Program, ...args: string[]) => ChildProcess} start a program
 * @property {() => Promise<void>} close stops everything that the demo started
 */

/**
 * Installs and builds if needed, and starts ingest, jobs and api with a database and virtual hosts of the demo's own.
 * @param {AbortSignal} stopping
 * @returns {Promise<Demo>}
 */
export async function openDemo(stopping) {
  await setUp({ update: true })
  const { env: servers, startedHere } = await ensureServices()
  const folder = mkdtempSync(join(tmpdir(), 'stacktach-demo-'))
  const deploymentsFile = join(folder, 'deployments.json')
  /** @type {ChildProcess[]} */
  const children = []
  const owner = `stacktach-demo-${process.pid}`
  const databaseName = `stacktach_demo_${process.pid}`
  const close = async () => {
    for (const child of children.reverse()) await stop(child)
    await dropBrokers(servers, owner)
    await dropDatabase(servers.DATABASE_URL, databaseName)
    await dropKeys(servers.REDIS_URL, owner)
    if (startedHere) await stopServices()
  }
  try {
    const port = await freePort(8000)
    const address = `http://127.0.0.1:${port}`
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
    /** @type {(program: Program, args: string[]) => string[]} */
    const commandLine = (program, args) => {
      const [file, ...first] = programs[program]
      return [join(root, file), ...first, ...args]
    }
    /** @type {Demo['start']} */
    const start = (program, ...args) => {
      const log = openSync(join(folder, `${program}.log`), 'a')
      // In a process group of its own, so that Ctrl-C reaches only the demo, which stops the programs in order.
      const child = spawn(process.execPath, commandLine(program, args), {
        env,
        detached: true,
        stdio: ['ignore', log, log],
      })
      closeSync(log)
      children.push(child)
      return child
    }
    /** @type {Demo['run']} */
    const run = async (program, ...args) => {
      const { ok, stdout, output } = await runCommand(process.execPath, commandLine(program, args), { env })
      if (!ok) throw new Error(output)
      return stdout
    }
    /** @type {Demo['query']} */
    const query = async (path) => {
      const response = await fetch(`${address}${path}`, { signal: stopping })
      return { status: response.status, body: await response.json() }
    }

    process.stderr.write(`starting on ${address}, logs in ${folder}\n`)
    await createBrokers(servers, owner, deploymentsFile)
    await run('stacktach', 'migrate')
    start('ingest')
    start('jobs')
    start('api')
    const isReady = async () => (await query('/readyz')).status === 200
    await until(stopping, children, isReady, `the processes did not become ready, see ${folder}`)
    return { stopping, folder, deploymentsFile, query, address, run, start, close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Waits until a condition holds.
 * @param {AbortSignal} stopping
 * @param {ChildProcess[]} children
 * @param {() => Promise<boolean>} condition a condition that throws does not hold yet
 * @param {string} message of the error that is thrown on timeout or when a child exits
 */
export async function until(stopping, children, condition, message) {
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await condition().catch(() => false))) {
    stopping.throwIfAborted()
    if (Date.now() > deadline || children.some((child) => child.exitCode !== null)) throw new Error(message)
    await sleep(POLL_INTERVAL_MS)
  }
}

/** @param {ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
