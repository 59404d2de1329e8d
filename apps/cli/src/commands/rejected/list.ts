import { type ListedRejected, listRejected } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { Command } from 'commander'
import { limit } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { type ListForm, ListPrinter } from '../../output.ts'
import { rejectedObject, sizeText } from './shape.ts'

const form: ListForm<ListedRejected> = {
  head: ['ID', 'Deployment', 'Exchange', 'Routing key', 'Reason', 'Detail', 'Bytes', 'Received'],
  cells: (message) => [
    message.id,
    message.deployment,
    message.exchange,
    message.routingKey,
    message.reason,
    shortened(message.detail),
    sizeText(message),
    formatInstant(message.receivedAt),
  ],
  object: rejectedObject,
}

export function listCommand(): Command {
  return new Command('list')
    .description('rejected messages, newest first')
    .option('--reason <text>', 'only those whose reason or detail contains it')
    .option('--limit <number>', 'how many at most, or all', limit, 100)
    .option('--json', 'an array of objects, for scripts')
    .action(async (options: { reason?: string; limit: number; json?: boolean }) => {
      const printer = new ListPrinter(form, options.json ?? false)
      await withDatabase('reads', (database) => listRejected(database, options, (rows) => printer.add(rows)))
      printer.end(options.limit)
    })
}

/** A detail can quote a message at length; `show` has all of it. */
function shortened(detail: string): string {
  const line = detail.replaceAll(/\s+/g, ' ')
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}
