import { type ExistsCounts, type ExistsService, existsServices, existsStatuses } from '@stacktach/db'
import type { TextTable } from '../../output/printTable.ts'

type CountsByService = Record<ExistsService, ExistsCounts>

/** The JSON of `exists summary --json`. */
export function existsSummaryObject(counts: CountsByService) {
  return Object.fromEntries(
    existsServices.map((service) => {
      const { status, sendStatus, reasons } = counts[service]
      const reasonCounts = reasons.map(({ reason, number: count }) => ({ reason, count }))
      return [service, { ...status, send_status: sendStatus, reasons: reasonCounts }]
    }),
  )
}

/** The tables of `exists summary`: by status, then, if there are any, by send status and by failure reason. */
export function existsSummaryTables(counts: CountsByService): TextTable[] {
  const statuses = existsServices.map((service) => [
    service,
    ...existsStatuses.map((status) => counts[service].status[status]),
  ])
  const sendStatuses = existsServices.flatMap((service) =>
    Object.entries(counts[service].sendStatus).map(([code, count]) => [service, sendStatusText(code), count]),
  )
  const reasons = existsServices.flatMap((service) =>
    counts[service].reasons.map(({ reason, number: count }) => [service, reason === '' ? 'none' : reason, count]),
  )
  return [
    { head: ['Service', ...existsStatuses], rows: statuses },
    ...(sendStatuses.length > 0 ? [{ head: ['Service', 'Send status', 'Count'], rows: sendStatuses }] : []),
    ...(reasons.length > 0 ? [{ head: ['Service', 'Failure reason', 'Count'], rows: reasons }] : []),
  ]
}

/** The send status is 0, or the status code with which publishing the verified exists ended. */
function sendStatusText(code: string): string {
  return code === '0' ? '0 unsent' : code === '201' ? '201 confirmed' : code
}
