import { countExists, type ExistsCounts, existsServices, existsStatuses } from '@stacktach/db'
import { Command } from 'commander'
import { withDatabase } from '../../connections.ts'
import { printJson, printTable } from '../../output.ts'

export function summaryCommand(): Command {
  return new Command('summary')
    .description('how many exists are pending, verified and failed, for what reasons, and how many were sent on')
    .option('--json', 'an object with a member for each service, for scripts')
    .action(async (options: { json?: boolean }) => {
      const counts = await withDatabase('reads', async (database) => ({
        nova: await countExists(database, 'nova'),
        glance: await countExists(database, 'glance'),
      }))
      if (options.json) printJson({ nova: object(counts.nova), glance: object(counts.glance) })
      else print(counts)
    })
}

function object({ status, sendStatus, reasons }: ExistsCounts) {
  return { ...status, send_status: sendStatus, reasons }
}

function print(counts: Record<'nova' | 'glance', ExistsCounts>): void {
  printTable(
    ['Service', ...existsStatuses],
    existsServices.map((service) => [service, ...existsStatuses.map((status) => counts[service].status[status])]),
  )
  const sent = existsServices.flatMap((service) =>
    Object.entries(counts[service].sendStatus).map(([code, number]) => [service, sendText(code), number]),
  )
  if (sent.length > 0) printTable(['Service', 'Send status', 'Number'], sent)
  const failed = existsServices.flatMap((service) =>
    counts[service].reasons.map(({ reason, number }) => [service, reason === '' ? 'none' : reason, number]),
  )
  if (failed.length > 0) printTable(['Service', 'Failed for the reason', 'Number'], failed)
}

function sendText(code: string): string {
  return code === '0' ? '0 unsent' : code === '201' ? '201 confirmed' : code
}
