import { Command } from 'commander'
import { table } from '../answers.ts'
import { type AskOptions, asking, openSession } from '../session.ts'

export function kpiCommand(): Command {
  const command = new Command('kpi')
    .description('show how long users waited in the last 24 hours')
    .argument('[tenant-id]', 'of this tenant alone')
  return asking(command).action(async (tenant: string | undefined, options: AskOptions) => {
    const { client, printer } = openSession(options)
    if (tenant !== undefined) printer.say(`Filtering by Tenant ID: ${tenant}`)
    printer.answer(await client.ask(tenant === undefined ? ['kpi'] : ['kpi', tenant], {}, table))
  })
}
