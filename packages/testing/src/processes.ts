import { type ChildProcess, spawn } from 'node:child_process'

/** A process of the project under test. */
export interface TestProcess {
  pid: number
  /** All it printed so far. */
  output(): string
  /** Resolves with the first match of what it prints; rejects when it ends before or `milliseconds` have passed. */
  printed(pattern: RegExp, milliseconds?: number): Promise<RegExpExecArray>
  /** Resolves with the exit code, null when a signal killed it. */
  ended: Promise<number | null>
  /** Sends a signal and resolves with the exit code, null when the signal killed it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

const running = new Set<ChildProcess>()

/** Starts a Node program with an environment of its own: nothing of the test's configuration leaks in. */
export function startProcess(file: string, args: readonly string[], environment: Record<string, string>): TestProcess {
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  const listeners = new Set<() => void>()
  const take = (chunk: Buffer) => {
    output += chunk
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      running.delete(child)
      resolve(code)
      for (const listener of listeners) listener()
    })
  })
  return {
    pid: child.pid ?? 0,
    output: () => output,
    ended,
    printed(pattern, milliseconds = 20_000) {
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          listeners.delete(look)
          clearTimeout(timer)
          settle()
        }
        const look = () => {
          const match = pattern.exec(output)
          if (match) finish(() => resolve(match))
          else if (!running.has(child)) finish(() => reject(new Error(`${file} ${args.join(' ')} ended:\n${output}`)))
        }
        const timer = setTimeout(
          () => finish(() => reject(new Error(`${file} ${args.join(' ')} did not print ${pattern}:\n${output}`))),
          milliseconds,
        )
        listeners.add(look)
        look()
      })
    },
    async stop(signal = 'SIGTERM') {
      if (running.has(child)) child.kill(signal)
      return ended
    },
  }
}

/** Runs a Node program to its end. */
export async function runToEnd(
  file: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const started = startProcess(file, args, environment)
  return { code: await started.ended, output: started.output() }
}

// A test that fails must not leave processes behind that hold its database.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
