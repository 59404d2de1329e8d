import { parseCommand, UsageError } from './cli/command.ts'
import { wallClock } from './output/pace.ts'
import { run } from './cli/run.ts'

const stop = new AbortController()
process.once('SIGINT', () => stop.abort())
process.once('SIGTERM', () => stop.abort())

try {
  await run(parseCommand(process.argv.slice(2), wallClock()), stop.signal)
} catch (error) {
  if (stop.signal.aborted && error instanceof Error && error.name === 'AbortError') {
    process.exitCode = 0 // asked to stop before there was anything to finish
  } else if (error instanceof UsageError) {
    if (error.code !== 0) console.error(error.message)
    process.exitCode = error.code
  } else {
    console.error(`simulate: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
