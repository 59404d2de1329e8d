import { databaseError } from '@stacktach/db'
import { runProcess } from '@stacktach/runtime'
import { program } from './program.ts'

// Whoever reads the answer may have seen enough of it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

await runProcess(async () => {
  await program()
    .parseAsync(process.argv)
    .catch((error: unknown) => {
      const failure = databaseError(error)
      // What the database answers makes a command fail; only what it is given makes it wrongly used.
      throw failure === error ? error : new Error(failure.message, { cause: error })
    })
})
