import { type ChildProcess, spawn } from 'node:child_process'

/** A process of the project under test. */
export interface TestProcess {
  pid: number
  /** All output so far: standard output and standard error. */
  output(): string
  /** Resolves with the first match in the output; rejects when the process ends first, or after `timeoutMs`. */
  printed(pattern: RegExp, timeoutMs?: number): Promise<RegExpExecArray>
  /** Resolves with the exit code; null when a signal killed the process. */
  ended: Promise<number | null>
  /** Sends a signal and resolves with the exit code; null when the signal killed the process. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

const running = new Set<ChildProcess>()

/** Starts a Node program with only this environment, PATH and HOME: the test's configuration must not leak into it. */
export function startProcess(file: string, args: readonly string[], environment: Record<string, string>): TestProcess {
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  const listeners = new Set<() => void>()
  const append = (chunk: Buffer) => {
    output += chunk
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', append)
  child.stderr.on('data', append)
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
    printed(pattern, timeoutMs = 20_000) {
      return new Promise((resolve, reject) => {
        const finish = (settle: () => void) => {
          listeners.delete(check)
          clearTimeout(timer)
          settle()
        }
        const check = () => {
          const match = pattern.exec(output)
          if (match) finish(() => resolve(match))
          else if (!running.has(child)) finish(() => reject(new Error(`${file} ${args.join(' ')} ended:\n${output}`)))
        }
        const timer = setTimeout(
          () => finish(() => reject(new Error(`${file} ${args.join(' ')} did not print ${pattern}:\n${output}`))),
          timeoutMs,
        )
        listeners.add(check)
        check()
      })
    },
    async stop(signal = 'SIGTERM') {
      if (running.has(child)) child.kill(signal)
      return ended
    },
  }
}

/** Runs a Node program to its end, with only this environment, PATH and HOME. */
export async function runToEnd(
  file: string,
  args: readonly string[],
  environment: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const started = startProcess(file, args, environment)
  return { code: await started.ended, output: started.output() }
}

// A failed test must not leave processes behind that keep its database open.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
