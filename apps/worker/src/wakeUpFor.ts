import type { BackloggedShard } from '@stacktach/db'
import type { WakeUp } from '@stacktach/jobs'

/** The wake-up for a shard that has a backlog. */
export function wakeUpFor({ kind, shard }: BackloggedShard): WakeUp {
  return { job: kind === 'request' ? 'kpi' : 'usage', shard }
}
