import type { Instant } from '@stacktach/domain'
import { glanceOutboxKey, novaOutboxKey } from '../sql/existsStatus.ts'
import type { Queryable } from '../sql/transaction.ts'

/** SQL condition: the original notification of an exists is still stored, so it can be published. */
const originalIsStored = (service: 'nova' | 'glance', id: string, when: string) =>
  `(exists (select from notification_partition p
             where p.service = '${service}' and p.lower <= ${when} and p.upper > ${when})
    or exists (select from kept_original original where original.service = '${service}' and original.notification_id = ${id}))`

/** Send status of confirmed messages, as in StackTach. */
const CONFIRMED = 201

/** Where outbox messages are to be sent. */
export interface OutboxTargets {
  /** Send status of a new message: 0 if it is for the broker, null if it is not. */
  broker: boolean
  webhook: boolean
}

const sendStatusOf = ({ broker }: OutboxTargets) => (broker ? 0 : null)

/** SQL condition: nobody got the outbox message yet, so it may still refer to another exists of its key. */
const UNSENT = `(coalesce(outbox.send_status, 0) = 0
                  and not exists (select from webhook_delivery d where d.outbox_id = outbox.id and d.attempts > 0))`

/** SQL: adds the deliveries of `message`, and resumes suspended ones. */
const deliveries = (webhook: string, now: string) =>
  `insert into webhook_delivery (outbox_id, created_at, next_attempt_at)
   select id, ${now}, ${now} from message where ${webhook} and coalesce(send_status, 0) = 0 order by id
   on conflict (outbox_id) do update
     set next_attempt_at = case when webhook_delivery.delivered_at is null
                                then coalesce(webhook_delivery.next_attempt_at, excluded.next_attempt_at) end`

/**
 * Writes verified exists to the outbox, which holds them until the broker and the webhook have them. There is one outbox message per
 * instance, audit period and launched_at (to the second), with a permanent message id; a later exists with the same key
 * refers to the existing message. Repaired exists are left out: the billing system has them.
 *
 * @param ids of verified exists
 */
export async function enqueueInstanceExists(
  client: Queryable,
  ids: readonly number[],
  now: Instant,
  targets: OutboxTargets,
): Promise<void> {
  if (ids.length === 0) return
  await client.query(
    `with verified as (
       select id, notification_id, "when", message_id, ${novaOutboxKey('instance_exists')} as key
         from instance_exists where id = any($1) and not repaired and ${originalIsStored('nova', 'instance_exists.notification_id', 'instance_exists."when"')}
     ), message as (
       insert into outbox (service, key, message_id, original_message_id, notification_id, notification_when, created_at,
                           send_status)
       select distinct on (key) 'nova', key, gen_random_uuid(), message_id, notification_id, "when", $2::bigint, $3::int
         from verified order by key, "when", notification_id
       on conflict (service, key) do update
         set send_status = coalesce(outbox.send_status, excluded.send_status),
             original_message_id = case when ${UNSENT} then excluded.original_message_id
                                        else outbox.original_message_id end,
             notification_id = case when ${UNSENT} then excluded.notification_id
                                    else outbox.notification_id end,
             notification_when = case when ${UNSENT} then excluded.notification_when
                                      else outbox.notification_when end
       returning id, key, send_status
     ), delivery as (
       ${deliveries('$4::boolean', '$2::bigint')}
     )
     update instance_exists e set outbox_id = message.id, send_status = coalesce(message.send_status, 0)
       from verified join message on message.key = verified.key
      where e.id = verified.id`,
    [ids, now, sendStatusOf(targets), targets.webhook],
  )
}

/**
 * Writes glance exists to the outbox: notifications all of whose images are verified.
 *
 * @param ids of verified images
 */
export async function enqueueImageExists(
  client: Queryable,
  ids: readonly number[],
  now: Instant,
  targets: OutboxTargets,
): Promise<void> {
  if (ids.length === 0) return
  await client.query(
    `with complete as (
       select all_images.deployment_id, all_images.dedup_key, ${glanceOutboxKey('all_images')} as key,
              min(all_images.message_id) as message_id, min(all_images.notification_id) as notification_id,
              min(all_images."when") as "when"
         from (select distinct deployment_id, dedup_key from image_exists where id = any($1)) as verified
         join image_exists all_images
           on all_images.deployment_id = verified.deployment_id and all_images.dedup_key = verified.dedup_key
        group by all_images.deployment_id, all_images.dedup_key
       having bool_and(all_images.status = 'verified' and not all_images.repaired)
          and ${originalIsStored('glance', 'min(all_images.notification_id)', 'min(all_images."when")')}
     ), message as (
       insert into outbox (service, key, message_id, original_message_id, notification_id, notification_when, created_at,
                           send_status)
       select 'glance', key, gen_random_uuid(), message_id, notification_id, "when", $2::bigint, $3::int
         from complete order by key
       on conflict (service, key) do update set send_status = coalesce(outbox.send_status, excluded.send_status)
       returning id, key, send_status
     ), delivery as (
       ${deliveries('$4::boolean', '$2::bigint')}
     )
     update image_exists e set outbox_id = message.id, send_status = coalesce(message.send_status, 0)
       from complete join message on message.key = complete.key
      where e.deployment_id = complete.deployment_id and e.dedup_key = complete.dedup_key`,
    [ids, now, sendStatusOf(targets), targets.webhook],
  )
}

export interface UnsentMessage {
  id: number
  service: 'nova' | 'glance'
  messageId: string
  originalMessageId: string | null
  /** Text of the stored `[routing_key, notification]`. */
  json: string
}

/** SQL condition: the exists of an outbox message `o` are verified. */
export const isVerified = (o: string) =>
  `(exists (select from instance_exists e where e.outbox_id = ${o}.id and e.status = 'verified')
     or (exists (select from image_exists e where e.outbox_id = ${o}.id)
         and not exists (select from image_exists e where e.outbox_id = ${o}.id and e.status <> 'verified')))`

/** SQL: the stored notification of an outbox message that is joined with `originals`. */
export const ORIGINAL_JSON = 'coalesce(n.json, g.json, original.json)::text'

/** SQL: joins an outbox message `o` with its notification, wherever that is stored. */
export const originals = (o: string) =>
  `left join notification_nova n
     on ${o}.service = 'nova' and n.id = ${o}.notification_id and n."when" = ${o}.notification_when
   left join notification_glance g
     on ${o}.service = 'glance' and g.id = ${o}.notification_id and g."when" = ${o}.notification_when
   left join kept_original original
     on original.service = ${o}.service and original.notification_id = ${o}.notification_id`

/**
 * Claims unsent outbox messages, the oldest first, skipping rows that another process has locked; the rows stay locked until
 * this transaction ends. Exists that failed a later verification are left out.
 */
export async function claimUnsent(client: Queryable, limit: number): Promise<UnsentMessage[]> {
  const { rows } = await client.query<{
    id: number
    service: 'nova' | 'glance'
    message_id: string
    original_message_id: string | null
    json: string | null
  }>(
    `with claimed as (
       select * from outbox o
        where o.send_status = 0
          and ${isVerified('o')}
        order by o.id limit $1 for update skip locked
     )
     select c.id, c.service, c.message_id, c.original_message_id, ${ORIGINAL_JSON} as json
       from claimed c ${originals('c')}
      order by c.id`,
    [limit],
  )
  return rows.flatMap(({ id, service, message_id, original_message_id, json }) =>
    json === null ? [] : [{ id, service, messageId: message_id, originalMessageId: original_message_id, json }],
  )
}

/**
 * Marks outbox messages that the broker confirmed, and the exists that refer to them, as sent. What the billing system says
 * (`confirm_status`) may be stored already, and stays.
 */
export async function markSent(client: Queryable, ids: readonly number[], now: Instant): Promise<void> {
  if (ids.length === 0) return
  await client.query('update outbox set send_status = $2, sent_at = $3 where id = any($1)', [ids, CONFIRMED, now])
  await client.query(
    `delete from kept_original original using outbox o
      where o.id = any($1) and original.service = o.service and original.notification_id = o.notification_id
        and not exists (select from webhook_delivery d where d.outbox_id = o.id and d.delivered_at is null)`,
    [ids],
  )
  for (const table of ['instance_exists', 'image_exists']) {
    await client.query(`update ${table} set send_status = $2 where outbox_id = any($1)`, [ids, CONFIRMED])
  }
}
