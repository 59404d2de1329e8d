import { databaseError } from '@stacktach/db'
import { runProcess } from '@stacktach/runtime'
import { createStacktachProgram } from './program.ts'

// The reader of a pipe, such as `head`, may close it early.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

await runProcess(async () => {
  await createStacktachProgram()
    .parseAsync(process.argv)
    .catch((error: unknown) => {
      const failure = databaseError(error)
      // runProcess exits with 2 for a ConfigError. Commands exit with 1 for every database error, also a rejected login.
      throw failure === error ? error : new Error(failure.message, { cause: error })
    })
})
