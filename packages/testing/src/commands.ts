import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { runToEnd } from './processes.ts'

/** A command line of a built Node program, and its whole environment. */
export interface CommandRequest {
  file: string
  args: readonly string[]
  environment: Record<string, string>
}

/** Exit code, and standard output and standard error in the order in which they were written. */
export interface CommandResult {
  code: number | null
  output: string
}

export interface CommandHost {
  run(file: string, args: readonly string[], environment: Record<string, string>): Promise<CommandResult>
  stop(): void
}

const hostProgram = fileURLToPath(new URL('../dist/commandHost.js', import.meta.url))

/** Variables that Node reads only at startup: a command with one of them needs its own process. */
const STARTUP_VARIABLES = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'TZ']

/**
 * Runs built commands as `runToEnd` does, but in one process that loads their modules only once. A test with dozens of
 * commands would otherwise spend most of its time starting processes. Concurrent commands, and commands that configure
 * Node, get processes of their own.
 */
export function startCommandHost(): CommandHost {
  let host: ChildProcess | undefined
  let isBusy = false
  return {
    async run(file, args, environment) {
      const needsProcess = isBusy || STARTUP_VARIABLES.some((name) => name in environment)
      if (needsProcess) return runToEnd(file, args, environment)
      isBusy = true
      try {
        host ??= fork(hostProgram, { env: {}, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
        const { PATH = '', HOME = '' } = process.env
        return await request(host, { file, args, environment: { PATH, HOME, ...environment } })
      } finally {
        isBusy = false
      }
    },
    stop() {
      host?.kill('SIGKILL')
      host = undefined
    },
  }
}

function request(host: ChildProcess, command: CommandRequest): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`the command host ended: ${command.file} ${command.args.join(' ')}`))
    host.once('exit', ended)
    host.once('message', (result: CommandResult) => {
      host.off('exit', ended)
      resolve(result)
    })
    host.send(command)
  })
}
