import type { Instant } from '@stacktach/domain'
import type { BacklogKind } from '../fold/backlog.ts'
import { isDelivered } from '../sql/existsStatus.ts'
import type { Queryable } from '../sql/transaction.ts'
import { type ExistsService, existsTables } from './existsStatuses.ts'

/** The backlog of rows to fold. */
export interface BacklogState {
  rows: Record<BacklogKind, number>
  /** Timestamp of the oldest pending notification; request rows have no timestamp. */
  oldest: Instant | null
}

/** Reads the whole backlog, which is normally short; a million rows take 0.2 s. */
export async function backlogState(client: Queryable): Promise<BacklogState> {
  const { rows } = await client.query<{ kind: BacklogKind; number: number; oldest: number | null }>(
    `select kind, count(*) as number, min("when") filter (where kind <> 'request') as oldest from backlog group by kind`,
  )
  const state: BacklogState = { rows: { instance: 0, image: 0, request: 0 }, oldest: null }
  for (const { kind, number, oldest } of rows) {
    state.rows[kind] = number
    if (oldest !== null) state.oldest = Math.min(state.oldest ?? Number.POSITIVE_INFINITY, oldest)
  }
  return state
}

export interface StoredCounts {
  rejected: number
  /** Outbox messages not yet confirmed by a broker. */
  unsent: number
  /** Timestamp of the latest notification of each deployment that has sent any. */
  lastTimestamps: { deployment: string; when: Instant }[]
}

export async function storedCounts(client: Queryable): Promise<StoredCounts> {
  const { rows } = await client.query<{ rejected: number; unsent: number }>(
    `select (select count(*) from rejected_message) as rejected,
            (select count(*) from outbox where send_status = 0) as unsent`,
  )
  const deployments = await client.query<{ deployment: string; when: number }>(
    'select name as deployment, last_when as "when" from deployment where last_when is not null',
  )
  return {
    rejected: rows[0]?.rejected ?? 0,
    unsent: rows[0]?.unsent ?? 0,
    lastTimestamps: deployments.rows,
  }
}

/** Counts a service's exists that failed after the broker or the billing system took them as verified. */
export async function countContradicted(client: Queryable, service: ExistsService): Promise<number> {
  const { rows } = await client.query<{ number: number }>(
    `select count(*) as number from ${existsTables[service].table} e where e.status = 'failed' and ${isDelivered('e')}`,
  )
  return rows[0]?.number ?? 0
}
