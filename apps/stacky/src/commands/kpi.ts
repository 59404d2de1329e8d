import { Command } from 'commander'
import { tableSchema } from '../answers.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'

/** `stacky kpi [tenant-id]` */
export function kpiCommand(): Command {
  const command = new Command('kpi')
    .description('show how long requests of the last 24 hours took')
    .argument('[tenant-id]', 'only requests of this tenant')
  return withQueryOptions(command).action(async (tenant: string | undefined, options: QueryOptions) => {
    const { client, printer } = openSession(options)
    if (tenant !== undefined) printer.heading(`Filtering by Tenant ID: ${tenant}`)
    printer.answer(await client.get(tenant === undefined ? ['kpi'] : ['kpi', tenant], {}, tableSchema))
  })
}
