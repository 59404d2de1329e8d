import { DAY, services } from '@stacktach/domain'
import type { JobContext } from './context.ts'

/** Days ahead for which partitions are there before the first notification comes. */
const DAYS_AHEAD = 8

/** Makes the partitions of the days to come. */
export async function partitions({ partitions: made, clock }: JobContext): Promise<void> {
  const now = clock()
  const days = Array.from({ length: DAYS_AHEAD + 1 }, (_, day) => now + day * DAY)
  for (const service of services) await made.ensure(service, days)
}
