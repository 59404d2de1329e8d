import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'

/** Messages are stored by the program that stores those of brokers. */
const worker = fileURLToPath(new URL('../../../worker/dist/main.js', import.meta.url))

export function importCommand(): Command {
  const command = new Command('import')
    .description(
      'store messages of a file of JSON lines {"deployment", "exchange", "routing_key", "body"} as if they came from a broker',
    )
    .argument('[file]', 'else standard input; one that was cut off goes on where it ended, by <file>.import')
    .option('--json', 'what became of them as one JSON object, for scripts')
    .addHelpText(
      'after',
      '\nExit code 1 when a line is no message. Messages that cannot be stored are kept: rejected list',
    )
    .action(async (file: string | undefined, { json }: { json?: boolean }) => {
      if (file !== undefined && file !== '-' && !existsSync(file)) command.error(`error: there is no file ${file}`)
      process.exitCode = await run(['import', ...(file === undefined ? [] : [file]), ...(json ? ['--json'] : [])])
      process.exit()
    })
  return command
}

/** Resolves with the exit code. A signal is for the program that does the work. */
function run(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [worker, ...args], { stdio: 'inherit' })
    const pass = (signal: NodeJS.Signals) => child.kill(signal)
    process.once('SIGTERM', pass)
    process.once('SIGINT', pass)
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}
