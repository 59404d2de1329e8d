import { type ExistsSearch, type ExistsVerdict, existsStatuses, listExists } from '@stacktach/db'
import { formatInstant, type Instant, untilAfter } from '@stacktach/domain'
import { Command, Option } from 'commander'
import { limitArgument } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { type ListFormat, ListPrinter } from '../../output/listPrinter.ts'
import { existsFromOption, existsServiceOption, existsToOption } from './existsOptions.ts'

const format: ListFormat<ExistsVerdict> = {
  head: ['Service', 'Message ID', 'Instance or image', 'Audit period end', 'Status', 'Reason'],
  cells: ({ service, messageId, subject, periodEnd, status, reason }) => [
    service,
    messageId,
    subject,
    periodEnd === null ? '' : formatInstant(periodEnd),
    status,
    reason,
  ],
  object: ({ service, messageId, subject, status, reason, sendStatus, confirmStatus }) => ({
    service,
    message_id: messageId,
    [service === 'nova' ? 'instance' : 'uuid']: subject,
    status,
    reason,
    send_status: sendStatus,
    confirm_status: confirmStatus,
  }),
}

/** `stacktach exists list` */
export function listExistsCommand(): Command {
  return new Command('list')
    .description('list exists with their verdicts, latest audit period first')
    .addOption(existsServiceOption())
    .addOption(new Option('--status <status>', 'only this status').choices([...existsStatuses]))
    .option('--reason <text>', 'only failed exists whose reason contains this text')
    .addOption(
      new Option(
        '--contradicted',
        'only exists that failed after the broker or the billing system took them as verified',
      ).conflicts('status'),
    )
    .addOption(existsFromOption())
    .addOption(existsToOption())
    .option('--limit <number>', 'maximum number of exists, or all', limitArgument, 100)
    .option('--json', 'print a JSON array')
    .action(async ({ json, to, ...options }: Omit<ExistsSearch, 'until'> & { to?: Instant; json?: boolean }) => {
      const search = { ...options, until: to === undefined ? undefined : untilAfter(to) }
      const printer = new ListPrinter(format, json ?? false)
      await withDatabase('reads', (database) => listExists(database, search, (rows) => printer.add(rows)))
      printer.end(options.limit)
    })
}
