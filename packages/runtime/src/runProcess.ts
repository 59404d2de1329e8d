import { showsStackTraces } from './config/logLevel.ts'
import { ConfigError } from './config/readConfig.ts'

/**
 * Runs the main function of a process and exits: with 0 when it returns, with 2 when it throws a ConfigError, with 1 when it
 * throws another error. Prints the error to standard error; a ConfigError has one line per fault.
 */
export async function runProcess(main: () => Promise<void>): Promise<void> {
  try {
    await main()
    process.exit(0)
  } catch (error) {
    if (error instanceof ConfigError) {
      console.error(error.message)
      process.exit(2)
    }
    console.error(error instanceof Error ? (showsStackTraces(process.env) ? error.stack : error.message) : error)
    process.exit(1)
  }
}
