/**
 * The process behind `startCommandHost`. It runs commands one after another: a program's main file is evaluated again
 * for each command, the modules that it imports only once.
 */
import { pathToFileURL } from 'node:url'
import type { CommandRequest, CommandResult } from './commands.ts'

/** Thrown in place of ending the process. */
const exited = new Error('the command has exited')

let commands = 0
let output = ''
let exit: ((code: number) => void) | undefined

process.exit = (code) => {
  exit?.(Number(code ?? process.exitCode ?? 0))
  throw exited
}

function capture(stream: NodeJS.WriteStream): void {
  // Each command adds listeners, as programs do that have the process to themselves.
  stream.setMaxListeners(0)
  stream.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
    // What a program still writes after its exit, nobody would see.
    if (exit !== undefined) output += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()
    for (const callback of rest) if (typeof callback === 'function') callback()
    return true
  }
}

async function run({ file, args, environment }: CommandRequest): Promise<CommandResult> {
  output = ''
  process.exitCode = undefined
  process.env = { ...environment }
  process.argv = [process.execPath, file, ...args]
  const code = await new Promise<number>((resolve) => {
    exit = (status) => {
      exit = undefined
      resolve(status)
    }
    import(`${pathToFileURL(file)}?command=${++commands}`).then(
      () => exit?.(Number(process.exitCode ?? 0)),
      (error: unknown) => {
        if (exit === undefined) return
        output += error instanceof Error ? error.stack : String(error)
        exit(1)
      },
    )
  })
  return { code, output }
}

process.setMaxListeners(0)
capture(process.stdout)
capture(process.stderr)
process.on('message', (request: CommandRequest) => {
  void run(request).then((result) => process.send?.(result))
})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
