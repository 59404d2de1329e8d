import type { Instant } from '@stacktach/domain'
import type { BacklogKind } from '../fold/backlog.ts'
import type { Queryable } from '../sql/transaction.ts'
import { type ExistsService, existsTables } from './existsStatuses.ts'

/** What waits to be folded. */
export interface BacklogState {
  rows: Record<BacklogKind, number>
  /** Time in the oldest notification that waits; requests have none. */
  oldest: Instant | null
}

/** Reads the whole backlog, which is short unless there is trouble: of a million rows it takes a fifth of a second. */
export async function backlogState(client: Queryable): Promise<BacklogState> {
  const { rows } = await client.query<{ kind: BacklogKind; number: string; oldest: string | null }>(
    `select kind, count(*) as number, min("when") filter (where kind <> 'request') as oldest from backlog group by kind`,
  )
  const state: BacklogState = { rows: { instance: 0, image: 0, request: 0 }, oldest: null }
  for (const { kind, number, oldest } of rows) {
    state.rows[kind] = Number(number)
    if (oldest !== null) state.oldest = Math.min(state.oldest ?? Number.POSITIVE_INFINITY, Number(oldest))
  }
  return state
}

export interface StoredCounts {
  rejected: number
  /** Publications that no broker has confirmed. */
  unsent: number
  /** Of each deployment that sent something, the time of its latest notification. */
  lastWhens: { deployment: string; when: Instant }[]
}

export async function storedCounts(client: Queryable): Promise<StoredCounts> {
  const { rows } = await client.query<{ rejected: string; unsent: string }>(
    `select (select count(*) from rejected_message) as rejected,
            (select count(*) from publication where send_status = 0) as unsent`,
  )
  const deployments = await client.query<{ deployment: string; when: string }>(
    'select name as deployment, last_when as "when" from deployment where last_when is not null',
  )
  return {
    rejected: Number(rows[0]?.rejected ?? 0),
    unsent: Number(rows[0]?.unsent ?? 0),
    lastWhens: deployments.rows.map(({ deployment, when }) => ({ deployment, when: Number(when) })),
  }
}

/** How many exists of a service have failed after they were published as verified. */
export async function countContradicted(client: Queryable, service: ExistsService): Promise<number> {
  const { rows } = await client.query<{ number: string }>(
    `select count(*) as number from ${existsTables[service].table} where status = 'failed' and send_status = 201`,
  )
  return Number(rows[0]?.number ?? 0)
}
