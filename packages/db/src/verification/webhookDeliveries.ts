import type { Instant } from '@stacktach/domain'
import type pg from 'pg'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { unnest } from '../sql/unnest.ts'
import { isVerified, ORIGINAL_JSON, originals, type UnsentMessage } from './outbox.ts'

/** An outbox message that this process may POST until its lease ends. */
export interface WebhookMessage extends UnsentMessage {
  createdAt: Instant
  /** Number of this attempt, from 1. */
  attempt: number
}

/** How an attempt ended. */
export interface DeliveryOutcome {
  id: number
  attempt: number
  /** Null: it was delivered. */
  error: string | null
  /** Of a failed attempt: when the next one is due. */
  nextAttemptAt: Instant | null
}

interface ClaimedRow {
  id: number
  attempt: number
  service: 'nova' | 'glance'
  message_id: string
  original_message_id: string | null
  created_at: Instant
  json: string | null
  verified: boolean
}

/** Whether an attempt is due. */
export async function isDeliveryDue(client: Queryable, now: Instant): Promise<boolean> {
  const { rows } = await client.query<{ due: boolean }>(
    'select exists (select from webhook_delivery where next_attempt_at <= $1) as due',
    [now],
  )
  return rows[0]?.due ?? false
}

/**
 * Claims due deliveries, those due first, and counts their attempts. No transaction stays open while they are sent: if this
 * process is killed, they are due again at the end of the lease. Suspends deliveries whose exists failed a later
 * verification; the next verified verdict resumes them.
 *
 * @param leaseUntil later than the end of the slowest attempt
 * @returns null if none is due
 */
export function claimDeliveries(
  pool: pg.Pool,
  limit: number,
  now: Instant,
  leaseUntil: Instant,
): Promise<WebhookMessage[] | null> {
  return inTransaction(pool, async (client) => {
    const locked = await client.query<{ outbox_id: number }>(
      `select outbox_id from webhook_delivery where next_attempt_at <= $1
        order by next_attempt_at limit $2 for update skip locked`,
      [now, limit],
    )
    if (locked.rows.length === 0) return null
    // A statement of its own sees the verdicts committed before the rows were locked; a later verdict waits for the lock.
    const { rows } = await client.query<ClaimedRow>(
      `select o.id, d.attempts + 1 as attempt, o.service, o.message_id, o.original_message_id, o.created_at,
              ${ORIGINAL_JSON} as json, ${isVerified('o')} as verified
         from webhook_delivery d join outbox o on o.id = d.outbox_id ${originals('o')}
        where d.outbox_id = any($1) order by o.id`,
      [locked.rows.map(({ outbox_id }) => outbox_id)],
    )
    const messages = rows.flatMap(
      ({ id, attempt, service, message_id, original_message_id, created_at, json, verified }) =>
        json === null || !verified
          ? []
          : [
              {
                id,
                attempt,
                service,
                messageId: message_id,
                originalMessageId: original_message_id,
                createdAt: created_at,
                json,
              },
            ],
    )
    const claimed = messages.map(({ id }) => id)
    await client.query(
      'update webhook_delivery set attempts = attempts + 1, next_attempt_at = $2 where outbox_id = any($1)',
      [claimed, leaseUntil],
    )
    await suspend(
      client,
      rows.filter(({ verified }) => !verified).map(({ id }) => id),
      'its exists is not verified any more',
    )
    await suspend(
      client,
      rows.filter(({ json, verified }) => json === null && verified).map(({ id }) => id),
      'its notification is not stored any more',
    )
    return messages
  })
}

async function suspend(client: Queryable, ids: readonly number[], reason: string): Promise<void> {
  if (ids.length === 0) return
  await client.query('update webhook_delivery set next_attempt_at = null, last_error = $2 where outbox_id = any($1)', [
    ids,
    reason,
  ])
}

/**
 * Stores how attempts ended. A late success counts even after the end of its lease; a late failure does not, because a later
 * attempt decides.
 */
export function storeOutcomes(pool: pg.Pool, outcomes: readonly DeliveryOutcome[], now: Instant): Promise<void> {
  return inTransaction(pool, async (client) => {
    const delivered = outcomes.filter(({ error }) => error === null).map(({ id }) => id)
    await client.query(
      `update webhook_delivery set delivered_at = $2, next_attempt_at = null, last_error = null
        where outbox_id = any($1) and delivered_at is null`,
      [delivered, now],
    )
    await client.query(
      `delete from kept_original original using outbox o
        where o.id = any($1) and original.service = o.service and original.notification_id = o.notification_id
          and o.send_status is distinct from 0`,
      [delivered],
    )
    const { sql, values } = unnest(
      { id: 'bigint', attempt: 'int', error: 'text', nextAttemptAt: 'bigint' },
      outcomes.filter(({ error }) => error !== null),
    )
    await client.query(
      `update webhook_delivery d set last_error = input.error, next_attempt_at = input."nextAttemptAt"
         from ${sql} where d.outbox_id = input.id and d.attempts = input.attempt and d.next_attempt_at is not null`,
      values,
    )
  })
}

/** Number of pending deliveries, and when the oldest one was added; null if there is none. */
export async function webhookState(client: Queryable): Promise<{ pending: number; oldest: Instant | null }> {
  const { rows } = await client.query<{ pending: number; oldest: Instant | null }>(
    'select count(*) as pending, min(created_at) as oldest from webhook_delivery where next_attempt_at is not null',
  )
  return rows[0] ?? { pending: 0, oldest: null }
}
