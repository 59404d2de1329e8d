import { once } from 'node:events'
import { type ExportedNotification, exportNotifications } from '@stacktach/db'
import { type Instant, type Service, services } from '@stacktach/domain'
import { Command, Option } from 'commander'
import { instant } from '../arguments.ts'
import { withDatabase } from '../connections.ts'

interface ExportOptions {
  service?: Service
  from?: Instant
  to?: Instant
}

/** Characters written at once. */
const CHUNK = 1 << 18

export function exportCommand(): Command {
  const command = new Command('export')
    .description('write stored notifications as JSON lines, in order of their time, for import')
    .addOption(new Option('--service <name>', 'of this service only').choices([...services]))
    .addOption(new Option('--from <time>', 'those of that time or later, UTC').argParser(instant))
    .addOption(new Option('--to <time>', 'those of that time or earlier, UTC').argParser(instant))
    .action(async ({ service, from, to }: ExportOptions) => {
      if (from !== undefined && to !== undefined && from > to) command.error('error: --from is after --to')
      const count = await withDatabase('reads', async (database) => {
        const chosen = service === undefined ? services : [service]
        return writeLines(exportNotifications(database, chosen, from ?? null, to ?? null))
      })
      console.error(`exported ${count} notifications`)
    })
  return command
}

async function writeLines(notifications: AsyncIterable<ExportedNotification>): Promise<number> {
  let count = 0
  let chunk = ''
  const flush = async () => {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain')
    chunk = ''
  }
  for await (const notification of notifications) {
    count++
    chunk += lineOf(notification)
    if (chunk.length >= CHUNK) await flush()
  }
  await flush()
  return count
}

function lineOf({ deployment, service, routingKey, body }: ExportedNotification): string {
  const where = JSON.stringify({ deployment, exchange: service, routing_key: routingKey }).slice(0, -1)
  // Between the tokens of JSON a blank says what a newline does, and inside its strings there is none.
  return `${where},"body":${body.replace(/[\r\n]+/g, ' ')}}\n`
}
