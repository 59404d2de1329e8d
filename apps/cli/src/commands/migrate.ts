import { migrate } from '@stacktach/db'
import { migrateConfig } from '@stacktach/runtime'
import { Command } from 'commander'

export function migrateCommand(): Command {
  return new Command('migrate').description('bring the database of DATABASE_URL up to date').action(async () => {
    const { DATABASE_URL } = migrateConfig(process.env)
    const { applied, present } = await migrate(DATABASE_URL, (text) => console.error(`warning: ${text}`))
    for (const name of applied) console.error(`applied ${name}`)
    console.error(`the database is up to date: ${present.length + applied.length} migrations`)
  })
}
