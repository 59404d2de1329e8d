import type { Instant } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'

/** Whether the original of an exists is still there to be published. */
const originalIsThere = (service: 'nova' | 'glance', id: string, when: string) =>
  `(exists (select from notification_partition there
             where there.service = '${service}' and there.lower <= ${when} and there.upper > ${when})
    or exists (select from kept_original kept where kept.service = '${service}' and kept.notification_id = ${id}))`

/** Send status of what the broker confirmed, as StackTach writes it. */
const CONFIRMED = 201

/**
 * Writes down what is to be published of exists that are verified: once for an instance, audit period and launched_at, to
 * the second, under a message id that stays. One that was published under another message id counts as published.
 *
 * @param ids of verified exists
 */
export async function enqueueInstanceExists(client: Queryable, ids: readonly number[], now: Instant): Promise<void> {
  if (ids.length === 0) return
  await client.query(
    `with given as (
       select id, notification_id, "when", message_id,
              concat_ws(' ', instance, coalesce(audit_period_beginning / 1000000, 0),
                        coalesce(audit_period_ending / 1000000, 0), launched_at / 1000000) as key
         from instance_exists where id = any($1) and ${originalIsThere('nova', 'instance_exists.notification_id', 'instance_exists."when"')}
     ), published as (
       insert into publication (service, key, message_id, original_message_id, notification_id, notification_when, created_at)
       select distinct on (key) 'nova', key, gen_random_uuid(), message_id, notification_id, "when", $2::bigint
         from given order by key, "when", notification_id
       on conflict (service, key) do update
         set original_message_id = case when publication.send_status = 0 then excluded.original_message_id
                                        else publication.original_message_id end,
             notification_id = case when publication.send_status = 0 then excluded.notification_id
                                    else publication.notification_id end,
             notification_when = case when publication.send_status = 0 then excluded.notification_when
                                      else publication.notification_when end
       returning id, key, send_status
     )
     update instance_exists e set publication_id = published.id, send_status = published.send_status
       from given join published on published.key = given.key
      where e.id = given.id`,
    [ids, now],
  )
}

/**
 * The same for glance exists, of each notification all of whose images are verified.
 *
 * @param ids of verified images
 */
export async function enqueueImageExists(client: Queryable, ids: readonly number[], now: Instant): Promise<void> {
  if (ids.length === 0) return
  await client.query(
    `with complete as (
       select all_images.deployment_id, all_images.dedup_key, all_images.deployment_id || ' ' || all_images.dedup_key as key,
              min(all_images.message_id) as message_id, min(all_images.notification_id) as notification_id,
              min(all_images."when") as "when"
         from (select distinct deployment_id, dedup_key from image_exists where id = any($1)) as given
         join image_exists all_images
           on all_images.deployment_id = given.deployment_id and all_images.dedup_key = given.dedup_key
        group by all_images.deployment_id, all_images.dedup_key
       having bool_and(all_images.status = 'verified')
          and ${originalIsThere('glance', 'min(all_images.notification_id)', 'min(all_images."when")')}
     ), published as (
       insert into publication (service, key, message_id, original_message_id, notification_id, notification_when, created_at)
       select 'glance', key, gen_random_uuid(), message_id, notification_id, "when", $2::bigint from complete order by key
       on conflict (service, key) do update set key = excluded.key
       returning id, key, send_status
     )
     update image_exists e set publication_id = published.id, send_status = published.send_status
       from complete join published on published.key = complete.key
      where e.deployment_id = complete.deployment_id and e.dedup_key = complete.dedup_key`,
    [ids, now],
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

/**
 * What is verified and waits to be sent, the oldest first, that no other process has; this transaction's until it ends. What
 * has been found wrong since is left out.
 */
export async function claimUnsent(client: Queryable, limit: number): Promise<UnsentMessage[]> {
  const { rows } = await client.query<{
    id: string
    service: 'nova' | 'glance'
    message_id: string
    original_message_id: string | null
    json: string | null
  }>(
    `with claimed as (
       select * from publication p
        where p.send_status = 0
          and (exists (select from instance_exists e where e.publication_id = p.id and e.status = 'verified')
            or (exists (select from image_exists e where e.publication_id = p.id)
                and not exists (select from image_exists e where e.publication_id = p.id and e.status <> 'verified')))
        order by p.id limit $1 for update skip locked
     )
     select c.id, c.service, c.message_id, c.original_message_id, coalesce(n.json, g.json, kept.json)::text as json
       from claimed c
       left join notification_nova n
         on c.service = 'nova' and n.id = c.notification_id and n."when" = c.notification_when
       left join notification_glance g
         on c.service = 'glance' and g.id = c.notification_id and g."when" = c.notification_when
       left join kept_original kept on kept.service = c.service and kept.notification_id = c.notification_id
      order by c.id`,
    [limit],
  )
  return rows.flatMap(({ id, service, message_id, original_message_id, json }) =>
    json === null
      ? []
      : [{ id: Number(id), service, messageId: message_id, originalMessageId: original_message_id, json }],
  )
}

/** Marks publications that the broker confirmed, and the exists that they speak for. */
export async function markSent(client: Queryable, ids: readonly number[], now: Instant): Promise<void> {
  if (ids.length === 0) return
  await client.query('update publication set send_status = $2, sent_at = $3 where id = any($1)', [ids, CONFIRMED, now])
  await client.query(
    `delete from kept_original kept using publication p
      where p.id = any($1) and kept.service = p.service and kept.notification_id = p.notification_id`,
    [ids],
  )
  for (const table of ['instance_exists', 'image_exists']) {
    await client.query(`update ${table} set send_status = $2 where publication_id = any($1)`, [ids, CONFIRMED])
  }
}
