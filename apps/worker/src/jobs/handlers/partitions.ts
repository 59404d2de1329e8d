import { DAY, services } from '@stacktach/domain'
import type { JobContext } from '../context.ts'

/** Days for which partitions are created before their first notification arrives. */
const DAYS_AHEAD = 8

/** Creates the partitions of today and the coming days. */
export async function createPartitions({ partitions, clock }: JobContext): Promise<null> {
  const now = clock()
  const days = Array.from({ length: DAYS_AHEAD + 1 }, (_, day) => now + day * DAY)
  for (const service of services) await partitions.ensure(service, days)
  return null
}
