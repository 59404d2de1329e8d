import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startProcess, type TestProcess } from '@stacktach/testing'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** The built programs, as they run in production. */
const files = {
  ingest: [`${root}apps/worker/dist/main.js`, 'ingest'],
  jobs: [`${root}apps/worker/dist/main.js`, 'jobs'],
  api: [`${root}apps/api/dist/main.js`],
} as const

export type Program = keyof typeof files

export const programs: readonly Program[] = ['ingest', 'jobs', 'api']

/** Milliseconds in which a process that is asked to stop has to be gone. */
const STOP = 10_000

/** Runs the programs, and starts each again when it ends, as an operator's service manager does. */
export class Programs {
  /** What should not have happened. */
  readonly complaints: string[] = []
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
      this.complaints.push(`${program} ended by itself with code ${code}:\n${lastLines(process.output())}`)
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

  /** Kills it, and starts it again at once. */
  async kill(program: Program): Promise<void> {
    const process = this.#running.get(program)
    this.#running.delete(program)
    await process?.stop('SIGKILL')
    this.start(program)
  }

  /** Stops it in order, and starts it again. It has to be gone in time, and with exit code 0. */
  async restart(program: Program, extra: Record<string, string> = {}): Promise<void> {
    await this.stop(program)
    this.#extra.set(program, extra)
    this.start(program)
  }

  async stop(program: Program): Promise<void> {
    const process = this.#running.get(program)
    this.#running.delete(program)
    if (process === undefined) return
    const began = Date.now()
    const timer = setTimeout(() => void process.stop('SIGKILL'), STOP + 5_000)
    const code = await process.stop('SIGTERM')
    clearTimeout(timer)
    const took = Date.now() - began
    // One that has only just been started does not hear yet, and has nothing in hand.
    if (code === null && process.output() === '') return
    if (code !== 0 || took > STOP) {
      this.complaints.push(
        `${program} took ${(took / 1000).toFixed(1)} s to stop, exit code ${code}:\n${lastLines(process.output())}`,
      )
    }
  }

  async close(): Promise<void> {
    this.#closing = true
    await Promise.all(programs.map((program) => this.stop(program)))
  }
}

/** What a program prints once it is at work; ingest for each deployment. */
const signs: Record<Program, RegExp> = {
  ingest: /"consuming".*"consuming"/s,
  jobs: /"started"/,
  api: /"listening"/,
}

/** Waits until programs are at work: the queues are there, and nothing published is lost for want of one. */
export async function begun(running: Programs, which: readonly Program[] = programs): Promise<void> {
  const deadline = Date.now() + 60_000
  for (const program of which) {
    while (!signs[program].test(running.output(program))) {
      if (Date.now() > deadline) throw new Error(`${program} does not begin:\n${running.output(program)}`)
      await sleep(50)
    }
  }
}

function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-8).join('\n')
}
