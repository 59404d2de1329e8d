import type { BackloggedShard } from '@stacktach/db'
import type { Ring } from '@stacktach/jobs'

/** What is rung for a shard that has a backlog. */
export function shardOf({ kind, shard }: BackloggedShard): Ring {
  return { job: kind === 'request' ? 'kpi' : 'usage', shard }
}
