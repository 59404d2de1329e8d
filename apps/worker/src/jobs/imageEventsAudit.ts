import { countImageEvents, storeReport } from '@stacktach/db'
import { floorTo, imageEventsAudit as report, SECOND } from '@stacktach/domain'
import type { Payload } from '@stacktach/jobs'
import type { JobContext } from './context.ts'

/** Makes the image events audit of a period. Returns the report's id, null when the period has one already. */
export async function imageEventsAudit(
  { database, clock }: JobContext,
  { period, once }: Payload<'image-events-audit'>,
): Promise<{ id: number | null }> {
  const json = report.shape(await countImageEvents(database, period))
  const { name, version } = report
  // Whole seconds, as operators search for it.
  const createdAt = floorTo(clock(), SECOND)
  return { id: await storeReport(database, { name, version, period, json, createdAt }, once) }
}
