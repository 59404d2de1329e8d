import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'

/** The worker stores imported messages in the same way as messages of a broker. */
const worker = fileURLToPath(new URL('../../../worker/dist/main.js', import.meta.url))

/** `stacktach import` */
export function importCommand(): Command {
  const command = new Command('import')
    .description(
      'store messages from JSON lines {"deployment", "exchange", "routing_key", "body"}, as if a broker had delivered them',
    )
    .argument(
      '[file]',
      'file to import (default: standard input); an interrupted import of a file resumes: its position is kept in <file>.import',
    )
    .option('--json', 'print the result as one JSON object')
    .addHelpText(
      'after',
      '\nExit code 1 if any line is not a message. Messages that cannot be stored are\nkept: see `rejected list`.',
    )
    .action(async (file: string | undefined, { json }: { json?: boolean }) => {
      if (file !== undefined && file !== '-' && !existsSync(file)) command.error(`error: there is no file ${file}`)
      process.exitCode = await runWorker(['import', ...(file === undefined ? [] : [file]), ...(json ? ['--json'] : [])])
      process.exit()
    })
  return command
}

/** Runs the worker and returns its exit code. Signals are forwarded to it. */
function runWorker(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [worker, ...args], { stdio: 'inherit' })
    const forward = (signal: NodeJS.Signals) => child.kill(signal)
    process.once('SIGTERM', forward)
    process.once('SIGINT', forward)
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
}
