import { readFileSync } from 'node:fs'
import { importTenants } from '@stacktach/db'
import { Command } from 'commander'
import { withDatabase } from '../connections.ts'
import { printJson } from '../output.ts'
import { ProgressLine } from '../progress.ts'
import { parseTenants } from '../tenants/parseTenants.ts'

export function tenantsCommand(): Command {
  return new Command('tenants').description('who pays for which tenant').addCommand(importCommand())
}

function importCommand(): Command {
  return new Command('import')
    .description('take over tenants with their accounts and types, which instance-hours needs')
    .argument(
      '<file>',
      'CSV with the columns tenant, account_name, billing_account and one for each type; or JSON, an array of objects with these and types',
    )
    .option('--json', 'what was done as one JSON object, for scripts')
    .action(async (file: string, { json }: { json?: boolean }) => {
      const parsed = parseTenants(readFileSync(file, 'utf8'))
      if ('faults' in parsed) throw new Error(parsed.faults.map((fault) => `${file} ${fault}`).join('\n'))
      const { tenants } = parsed
      const line = new ProgressLine(json ?? false)
      await withDatabase('writes', (database) =>
        importTenants(database, tenants, {
          now: Date.now() * 1000,
          onProgress: (written) => line.show(`${written} of ${tenants.length} tenants`),
        }),
      )
      line.clear()
      if (!json) console.error(`imported ${tenants.length} tenants`)
      if (json) printJson({ imported: tenants.length })
    })
}
