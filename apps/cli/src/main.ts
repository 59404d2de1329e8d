import { runProcess } from '@stacktach/runtime'
import { program } from './program.ts'

await runProcess(async () => {
  await program().parseAsync(process.argv)
})
