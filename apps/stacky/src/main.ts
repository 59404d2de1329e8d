#!/usr/bin/env node
import { ClientConfigError } from './config.ts'
import { createStackyProgram, STACKY_USAGE_HINT, WRONG_USAGE_EXIT_CODE } from './program.ts'
import { CommandUsageError } from './requestErrors.ts'

// The reader of a pipe, such as `head`, may close it early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

try {
  const program = createStackyProgram()
  if (process.argv.length === 2) program.outputHelp()
  else await program.parseAsync(process.argv)
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  if (error instanceof CommandUsageError) console.error(STACKY_USAGE_HINT)
  process.exit(error instanceof CommandUsageError || error instanceof ClientConfigError ? WRONG_USAGE_EXIT_CODE : 1)
}
