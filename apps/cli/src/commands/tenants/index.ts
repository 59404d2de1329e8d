import { readFileSync } from 'node:fs'
import { importTenants } from '@stacktach/db'
import { Command } from 'commander'
import { withDatabase } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { ProgressLine } from '../../output/progressLine.ts'
import { parseTenants } from './parseTenants.ts'

/** `stacktach tenants` */
export function tenantsCommand(): Command {
  return new Command('tenants').description('manage billing data of tenants').addCommand(importTenantsCommand())
}

function importTenantsCommand(): Command {
  return new Command('import')
    .description('import tenants with their accounts and types, for the report instance-hours')
    .argument(
      '<file>',
      'CSV with the columns tenant, account_name, billing_account and one per type; or JSON, an array of objects with these members and types',
    )
    .option('--json', 'print one JSON object')
    .action(async (file: string, { json = false }: { json?: boolean }) => {
      const parsed = parseTenants(readTenantsFile(file))
      if ('errors' in parsed) throw new Error(parsed.errors.map((error) => `${file}: ${error}`).join('\n'))
      const { tenants } = parsed
      const line = new ProgressLine(json)
      await withDatabase('writes', (database) =>
        importTenants(database, tenants, {
          now: Date.now() * 1000,
          onProgress: (imported) => line.show(`${imported} of ${tenants.length} tenants`),
        }),
      )
      line.clear()
      if (json) printJson({ imported: tenants.length })
      else console.error(`imported ${tenants.length} tenants`)
    })
}

function readTenantsFile(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`could not read ${file} (${error instanceof Error ? error.message : error})`)
  }
}
