import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startProcess, type TestProcess } from '@stacktach/testing'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The built programs, as in production. */
const files = {
  ingest: [`${root}apps/worker/dist/main.js`, 'ingest'],
  jobs: [`${root}apps/worker/dist/main.js`, 'jobs'],
  api: [`${root}apps/api/dist/main.js`],
} as const

export type Program = keyof typeof files

export const programs: readonly Program[] = ['ingest', 'jobs', 'api']

const STOP_TIMEOUT_MS = 10_000
const START_TIMEOUT_MS = 60_000

/** Runs the programs and restarts each one when it exits, as a service manager does. */
export class Programs {
  /** Unexpected exits and slow or failed stops. */
  readonly problems: string[] = []
  readonly #environment: Record<string, string>
  readonly #running = new Map<Program, TestProcess>()
  readonly #extra = new Map<Program, Record<string, string>>()
  #closing = false

  constructor(environment: Record<string, string>) {
    this.#environment = environment
  }

  start(program: Program): TestProcess {
    const [file, ...args] = files[program]
    const process = startProcess(file, args, { ...this.#environment, ...this.#extra.get(program) })
    this.#running.set(program, process)
    void process.ended.then((code) => {
      if (this.#running.get(program) !== process || this.#closing) return
      this.problems.push(`${program} exited unexpectedly with code ${code}:\n${lastLines(process.output())}`)
      this.start(program)
    })
    return process
  }

  pid(program: Program): number {
    return this.#running.get(program)?.pid ?? 0
  }

  output(program: Program): string {
    return this.#running.get(program)?.output() ?? ''
  }

  /** Kills the program and starts it again at once. */
  async kill(program: Program): Promise<void> {
    const process = this.#running.get(program)
    this.#running.delete(program)
    await process?.stop('SIGKILL')
    this.start(program)
  }

  /** Stops the program by SIGTERM and starts it again. @param extra environment variables of the new process */
  async restart(program: Program, extra: Record<string, string> = {}): Promise<void> {
    await this.stop(program)
    this.#extra.set(program, extra)
    this.start(program)
  }

  /** Stops the program by SIGTERM; records a problem if it takes too long or its exit code is not 0. */
  async stop(program: Program): Promise<void> {
    const process = this.#running.get(program)
    this.#running.delete(program)
    if (process === undefined) return
    const startedAt = Date.now()
    const timer = setTimeout(() => void process.stop('SIGKILL'), STOP_TIMEOUT_MS + 5_000)
    const code = await process.stop('SIGTERM')
    clearTimeout(timer)
    const durationMs = Date.now() - startedAt
    // A process that has only just started does not handle signals yet, and has no work in progress.
    if (code === null && process.output() === '') return
    if (code !== 0 || durationMs > STOP_TIMEOUT_MS) {
      const seconds = (durationMs / 1000).toFixed(1)
      this.problems.push(`${program} took ${seconds} s to stop, exit code ${code}:\n${lastLines(process.output())}`)
    }
  }

  async close(): Promise<void> {
    this.#closing = true
    await Promise.all(programs.map((program) => this.stop(program)))
  }
}

/** What a program logs when it is ready; ingest logs it for each deployment. */
const readyLines: Record<Program, RegExp> = {
  ingest: /"consuming".*"consuming"/s,
  jobs: /"started"/,
  api: /"listening"/,
}

/** Waits until the programs are ready: then the queues exist, and no published message is unroutable. */
export async function waitUntilReady(running: Programs, expected: readonly Program[] = programs): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS
  for (const program of expected) {
    while (!readyLines[program].test(running.output(program))) {
      if (Date.now() > deadline) throw new Error(`${program} did not become ready:\n${running.output(program)}`)
      await sleep(50)
    }
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-8).join('\n')
}
