import { type ListedRejected, listRejected } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { Command } from 'commander'
import { limitArgument } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { type ListFormat, ListPrinter } from '../../output/listPrinter.ts'
import { bodySizeText, rejectedObject, shortDetail } from './rejectedMessage.ts'

const format: ListFormat<ListedRejected> = {
  head: ['ID', 'Deployment', 'Exchange', 'Routing key', 'Reason', 'Detail', 'Bytes', 'Received'],
  cells: (message) => [
    message.id,
    message.deployment,
    message.exchange,
    message.routingKey,
    message.reason,
    shortDetail(message.detail),
    bodySizeText(message),
    formatInstant(message.receivedAt),
  ],
  object: rejectedObject,
}

/** `stacktach rejected list` */
export function listRejectedCommand(): Command {
  return new Command('list')
    .description('list rejected messages, newest first')
    .option('--reason <text>', 'only messages whose reason or detail contains this text')
    .option('--limit <number>', 'maximum number of messages, or all', limitArgument, 100)
    .option('--json', 'print a JSON array')
    .action(async (options: { reason?: string; limit: number; json?: boolean }) => {
      const printer = new ListPrinter(format, options.json ?? false)
      await withDatabase('reads', (database) => listRejected(database, options, (rows) => printer.add(rows)))
      printer.end(options.limit)
    })
}
