import { type ExistsSearch, type ExistsVerdict, existsStatuses, listExists } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { Command, Option } from 'commander'
import { limit } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { type ListForm, ListPrinter } from '../../output.ts'
import { fromOption, serviceOption, toOption } from './options.ts'

const form: ListForm<ExistsVerdict> = {
  head: ['Service', 'Message ID', 'Instance or image', 'Audit period end', 'Status', 'Reason'],
  cells: ({ service, messageId, subject, periodEnd, status, reason }) => [
    service,
    messageId,
    subject,
    periodEnd === null ? '' : formatInstant(periodEnd),
    status,
    reason,
  ],
  object: ({ service, messageId, subject, status, reason }) => ({
    service,
    message_id: messageId,
    [service === 'nova' ? 'instance' : 'uuid']: subject,
    status,
    reason,
  }),
}

export function listCommand(): Command {
  return new Command('list')
    .description('exists with their verdicts, by the end of their audit period, latest first')
    .addOption(serviceOption())
    .addOption(new Option('--status <status>', 'only those that are').choices([...existsStatuses]))
    .option('--reason <text>', 'only those that failed for a reason that contains it')
    .addOption(
      new Option('--contradicted', 'only those that were published as verified and have failed since').conflicts(
        'status',
      ),
    )
    .addOption(fromOption())
    .addOption(toOption())
    .option('--limit <number>', 'how many at most, or all', limit, 100)
    .option('--json', 'an array of objects, for scripts')
    .action(async (options: ExistsSearch & { json?: boolean }) => {
      const printer = new ListPrinter(form, options.json ?? false)
      await withDatabase('reads', (database) => listExists(database, options, (rows) => printer.add(rows)))
      printer.end(options.limit)
    })
}
