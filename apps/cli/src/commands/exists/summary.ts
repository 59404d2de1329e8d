import { countExists } from '@stacktach/db'
import { Command } from 'commander'
import { withDatabase } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { printTable } from '../../output/printTable.ts'
import { existsSummaryObject, existsSummaryTables } from './summaryTables.ts'

/** `stacktach exists summary` */
export function existsSummaryCommand(): Command {
  return new Command('summary')
    .description('count the exists by status, send status and failure reason')
    .option('--json', 'print one JSON object with a member per service')
    .action(async ({ json }: { json?: boolean }) => {
      const counts = await withDatabase('reads', async (database) => ({
        nova: await countExists(database, 'nova'),
        glance: await countExists(database, 'glance'),
      }))
      if (json) printJson(existsSummaryObject(counts))
      else for (const table of existsSummaryTables(counts)) printTable(table)
    })
}
