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
      // A database error is exit code 1, also where databaseError returns a ConfigError, for which runProcess exits with 2.
      throw failure === error ? error : new Error(failure.message, { cause: error })
    })
})
