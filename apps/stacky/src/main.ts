#!/usr/bin/env node
import { ConfigError } from './config.ts'
import { UsageError } from './failure.ts'
import { program, WRONG_USAGE } from './program.ts'

// Whoever reads the answer may have seen enough of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

try {
  const stacky = program()
  // Stacky alone tells what it can do.
  if (process.argv.length === 2) stacky.outputHelp()
  else await stacky.parseAsync(process.argv)
  process.exit(0)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  if (error instanceof UsageError) console.error('(--help tells how it is used)')
  process.exit(error instanceof UsageError || error instanceof ConfigError ? WRONG_USAGE : 1)
}
