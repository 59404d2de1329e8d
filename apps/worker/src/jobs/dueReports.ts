import { periodsWithoutReport } from '@stacktach/db'
import { DAY, floorTo, imageEventsAudit } from '@stacktach/domain'
import type { JobContext } from './context.ts'

/** How far back a report that nobody made is made up for. */
const DAYS_BACK = 7

/** Asks for the daily report of each complete day that has none, so that one missed while jobs were down is made up for. */
export async function dueReports({ database, producer, clock }: JobContext): Promise<{ asked: number }> {
  const today = floorTo(clock(), DAY)
  const days = Array.from({ length: DAYS_BACK }, (_, back) => {
    const end = today - back * DAY
    return { start: end - DAY, end }
  })
  const due = await periodsWithoutReport(database, imageEventsAudit.name, 'glance', days)
  for (const period of due) await producer.enqueue('image-events-audit', { period, once: true })
  return { asked: due.length }
}
