import { DAY, services } from '@stacktach/domain'
import type { JobContext } from '../context.ts'

/** Days ahead for which partitions are created before the first notification arrives. */
const DAYS_AHEAD = 8

/** Creates the partitions of the coming days. */
export async function partitions({ partitions: made, clock }: JobContext): Promise<null> {
  const now = clock()
  const days = Array.from({ length: DAYS_AHEAD + 1 }, (_, day) => now + day * DAY)
  for (const service of services) await made.ensure(service, days)
  return null
}
