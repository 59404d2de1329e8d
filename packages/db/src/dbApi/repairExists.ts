import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ExistsService, existsTables } from '../queries/existsStatuses.ts'
import { glanceOutboxKey, novaOutboxKey } from '../sql/existsStatus.ts'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { retryDeadlock } from './retryDeadlock.ts'

/** The message ids that were not repaired. */
export interface RepairResult {
  /** Of no exists, or of several of nova's. */
  absent: string[]
  /** Of exists that are verified, failed or repaired; glance: once for each image. */
  notPending: string[]
}

interface Named {
  id: number
  message_id: string
  is_pending: boolean
}

/**
 * Marks pending exists that the billing system got while StackTach was down. They are verified like others, but their usage
 * is not published any more: it counts as sent.
 */
export function repairExists(
  { pool }: Pick<Database, 'pool'>,
  service: ExistsService,
  messageIds: readonly string[],
  now: Instant,
): Promise<RepairResult> {
  const { table } = existsTables[service]
  return retryDeadlock(() =>
    inTransaction(pool, async (client) => {
      const { rows } = await client.query<Named>(
        `select id, message_id, status = 'pending' and not repaired as is_pending from ${table}
          where message_id = any($1) order by id for update`,
        [messageIds],
      )
      const { repaired, ...result } = selectRepaired(service, messageIds, rows)
      await markRepaired(client, service, repaired, now)
      return result
    }),
  )
}

function selectRepaired(
  service: ExistsService,
  messageIds: readonly string[],
  rows: readonly Named[],
): RepairResult & { repaired: number[] } {
  const result: RepairResult & { repaired: number[] } = { repaired: [], absent: [], notPending: [] }
  const byMessage = new Map<string, Named[]>()
  for (const row of rows) byMessage.set(row.message_id, [...(byMessage.get(row.message_id) ?? []), row])
  for (const messageId of messageIds) {
    const named = byMessage.get(messageId) ?? []
    if (named.length === 0 || (service === 'nova' && named.length > 1)) result.absent.push(messageId)
    else {
      for (const { id, is_pending } of named) {
        if (is_pending) result.repaired.push(id)
        else result.notPending.push(messageId)
      }
    }
  }
  return result
}

/** Status that StackTach gives a repaired exists: the billing system has it. */
const CREATED = 201

async function markRepaired(
  client: Queryable,
  service: ExistsService,
  ids: readonly number[],
  now: Instant,
): Promise<void> {
  if (ids.length === 0) return
  const { table } = existsTables[service]
  await client.query(
    `update ${table} set repaired = true, confirm_status = ${CREATED}, confirmed_at = $2 where id = any($1)`,
    [ids, now],
  )
  const key = service === 'nova' ? novaOutboxKey('e') : glanceOutboxKey('e')
  await client.query(
    `insert into outbox (service, key, message_id, original_message_id, notification_id, notification_when, send_status,
                         created_at, sent_at)
     select distinct on (${key}) '${service}', ${key}, gen_random_uuid(), e.message_id, e.notification_id, e."when",
            ${CREATED}, $2::bigint, $2::bigint
       from ${table} e where e.id = any($1) order by ${key}, e."when", e.notification_id
     on conflict (service, key) do update
       set send_status = excluded.send_status, sent_at = coalesce(outbox.sent_at, excluded.sent_at)`,
    [ids, now],
  )
}
