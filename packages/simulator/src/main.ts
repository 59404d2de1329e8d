import { parseCommand, UsageError } from './cli/command.ts'
import { run } from './cli/run.ts'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

try {
  await run(parseCommand(process.argv.slice(2), Date.now() * 1000), stop.signal)
} catch (error) {
  if (stop.signal.aborted && error instanceof Error && error.name === 'AbortError') {
    process.exitCode = 0 // stopped while connecting: nothing was sent
  } else if (error instanceof UsageError) {
    if (error.code !== 0) console.error(error.message)
    process.exitCode = error.code
  } else {
    console.error(`simulate: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
