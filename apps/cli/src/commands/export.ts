import { once } from 'node:events'
import { type ExportedNotification, exportNotifications } from '@stacktach/db'
import { ALL_TIME, type Instant, type Service, services, untilAfter } from '@stacktach/domain'
import { Command, Option } from 'commander'
import { timeArgument } from '../arguments.ts'
import { withDatabase } from '../connections.ts'

interface ExportOptions {
  service?: Service
  from?: Instant
  to?: Instant
}

/** Size of one write to standard output. */
const CHUNK_CHARACTERS = 256 * 1024

/** `stacktach export` */
export function exportCommand(): Command {
  const command = new Command('export')
    .description('write the stored notifications as JSON lines, oldest first, for `stacktach import`')
    .addOption(new Option('--service <name>', 'only this service').choices([...services]))
    .addOption(new Option('--from <time>', 'only notifications at or after this time (UTC)').argParser(timeArgument))
    .addOption(new Option('--to <time>', 'only notifications at or before this time (UTC)').argParser(timeArgument))
    .action(async ({ service, from, to }: ExportOptions) => {
      if (from !== undefined && to !== undefined && from > to) command.error('error: --from is after --to')
      const count = await withDatabase('reads', async (database) => {
        const selected = service === undefined ? services : [service]
        const period = { from: from ?? ALL_TIME.from, until: to === undefined ? ALL_TIME.until : untilAfter(to) }
        return writeLines(exportNotifications(database, selected, period))
      })
      console.error(`exported ${count} notifications`)
    })
  return command
}

/** Writes the notifications to standard output, at the reader's pace; returns their number. */
async function writeLines(notifications: AsyncIterable<ExportedNotification>): Promise<number> {
  let count = 0
  let chunk = ''
  const flush = async () => {
    if (!process.stdout.write(chunk)) await once(process.stdout, 'drain')
    chunk = ''
  }
  for await (const notification of notifications) {
    count++
    chunk += exportLine(notification)
    if (chunk.length >= CHUNK_CHARACTERS) await flush()
  }
  await flush()
  return count
}

/** One line of JSON; the body is copied as text, so that its numbers keep their digits. */
export function exportLine({ deployment, service, routingKey, body }: ExportedNotification): string {
  const prefix = JSON.stringify({ deployment, exchange: service, routing_key: routingKey }).slice(0, -1)
  // Newlines in JSON text are always between tokens, where a space means the same.
  return `${prefix},"body":${body.replace(/[\r\n]+/g, ' ')}}\n`
}
