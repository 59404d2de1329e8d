import { migrate } from '@stacktach/db'
import { migrateConfig } from '@stacktach/runtime'
import { Command } from 'commander'

/** `stacktach migrate` */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('apply the pending migrations to the database of DATABASE_URL')
    .action(async () => {
      const { DATABASE_URL } = migrateConfig(process.env)
      const { applied, present } = await migrate(DATABASE_URL, (text) => console.error(`warning: ${text}`))
      for (const name of applied) console.error(`applied ${name}`)
      console.error(`the database schema is up to date: ${present.length + applied.length} migrations`)
    })
}
