/**
 * The process of `startCommandHost`. It runs one command at a time: each command evaluates the main file of its program
 * again, but not the modules that the file imports.
 */
import { pathToFileURL } from 'node:url'
import type { CommandRequest, CommandResult } from './commands.ts'

/** Thrown by `process.exit`, instead of ending this process. */
const exited = new Error('the command has exited')

let commands = 0
let output = ''
let exit: ((code: number) => void) | undefined

process.exit = (code) => {
  exit?.(Number(code ?? process.exitCode ?? 0))
  throw exited
}

function capture(stream: NodeJS.WriteStream): void {
  // Each command adds listeners and removes none, because a program expects a process of its own.
  stream.setMaxListeners(0)
  stream.write = (chunk: Uint8Array | string, ...rest: unknown[]) => {
    // Output after the exit is dropped, as in a process of its own.
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
