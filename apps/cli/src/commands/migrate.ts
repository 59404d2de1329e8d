import { migrate, migrateWhenAvailable } from '@stacktach/db'
import { migrateConfig, throttled } from '@stacktach/runtime'
import { Command } from 'commander'

/** `stacktach migrate` */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('apply the pending migrations to the database of DATABASE_URL')
    .option('--wait', 'wait until the database is available; exit with code 2 if it rejects the login')
    .action(async ({ wait = false }: { wait?: boolean }) => {
      const { DATABASE_URL } = migrateConfig(process.env)
      const warn = (text: string) => console.error(`warning: ${text}`)
      const { applied, present } = wait
        ? await migrateWhenAvailable(DATABASE_URL, warn, throttled(warn))
        : await migrate(DATABASE_URL, warn)
      for (const name of applied) console.error(`applied ${name}`)
      console.error(`the database schema is up to date: ${present.length + applied.length} migrations`)
    })
}
