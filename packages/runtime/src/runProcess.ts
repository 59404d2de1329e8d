import { ConfigError } from './config/readConfig.ts'

/**
 * Runs a process's main function, and ends the process with the exit code that its end deserves: 0, 1 when it failed,
 * 2 (with one line a fault on standard error) when its configuration is wrong.
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
    console.error(error instanceof Error ? (process.env.LOG_LEVEL === 'debug' ? error.stack : error.message) : error)
    process.exit(1)
  }
}
