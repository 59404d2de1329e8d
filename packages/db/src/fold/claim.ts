import type { GlanceFacts, ImageNotification, InstanceNotification, Instant } from '@stacktach/domain'
import { periodContaining } from '../sql/spans.ts'
import type { Queryable } from '../sql/transaction.ts'
import type { BackloggedShard, BacklogKind } from './backlog.ts'
import {
  instanceNotificationColumns,
  type SelectedInstanceNotification,
  toInstanceNotification,
} from './instanceNotifications.ts'

/**
 * Deletes up to `$3` rows of a shard from the backlog, ordered by key and then time, with keys after `$4`: notifications of an
 * instance are claimed together, and a key with a constant backlog does not block the others. The shard's lock is held, so
 * no other process deletes these rows, and ctid identifies them.
 */
const claimedRows = `
  claimed as (
    delete from backlog where ctid = any(array(
      select ctid from backlog where kind = $1 and shard = $2 and key > $4
       order by key, "when", notification_id limit $3))
    returning key, "when", notification_id
  )`

/** The result of a claim. */
export interface Claim<T> {
  items: T[]
  /** Whether there may be more: the limit was reached. */
  full: boolean
}

/** Claims ids and times of notifications. Another statement reads the rows, limited to the partitions of these times. */
async function claimNotifications(
  client: Queryable,
  kind: 'instance' | 'image',
  shard: number,
  limit: number,
  after: string,
): Promise<{ key: string; id: number; when: Instant }[]> {
  const { rows } = await client.query<{ key: string; id: number; when: number }>(
    `with ${claimedRows} select key, notification_id as id, "when" from claimed`,
    [kind, shard, limit, after],
  )
  return rows
}

/** Claims up to `limit` nova notifications of a shard's instances after the instance `after`. */
export async function claimInstances(
  client: Queryable,
  shard: number,
  limit: number,
  after: string,
): Promise<Claim<InstanceNotification>> {
  const notifications = await claimNotifications(client, 'instance', shard, limit, after)
  if (notifications.length === 0) return { items: [], full: false }
  const times = notifications.map(({ when }) => when)
  const { from, until } = periodContaining(times)
  const { rows } = await client.query<SelectedInstanceNotification>(
    `select ${instanceNotificationColumns}
       from unnest($1::bigint[], $2::bigint[]) as c(id, "when")
       join notification_nova n on n.id = c.id and n."when" = c."when" and n."when" >= $3 and n."when" < $4
       join deployment d on d.id = n.deployment_id
      order by n.instance`,
    [notifications.map(({ id }) => id), times, from, until],
  )
  return { items: rows.map(toInstanceNotification), full: notifications.length === limit }
}

interface SelectedImageNotification {
  key: string
  id: number
  when: number
  deployment_id: number
  identity: string
  event: string
  message_id: string | null
  dedup_key: string
  facts: GlanceFacts | null
}

/**
 * Claims up to `limit` pairs of a glance notification and an image of a shard. The facts are only those of that image: one
 * notification can report twenty thousand images, and all its facts in each pair would not fit in memory.
 */
export async function claimImages(
  client: Queryable,
  shard: number,
  limit: number,
  after: string,
): Promise<Claim<ImageNotification>> {
  const claimed = await claimNotifications(client, 'image', shard, limit, after)
  if (claimed.length === 0) return { items: [], full: false }
  const times = claimed.map(({ when }) => when)
  const { from, until } = periodContaining(times)
  const { rows } = await client.query<SelectedImageNotification>(
    `with claimed as materialized (
       select * from unnest($1::text[], $2::bigint[], $3::bigint[]) as claimed(key, notification_id, "when")
     ), notification as materialized (
       select n.id, n.facts -> 'images' as images, n.facts ->> 'owner' as owner,
              n.facts ->> 'auditPeriodBeginning' as beginning, n.facts ->> 'auditPeriodEnding' as ending
         from (select distinct notification_id, "when" from claimed) as c
         join notification_glance n on n.id = c.notification_id and n."when" = c."when"
          and n."when" >= $4 and n."when" < $5
     ), image_facts as materialized (
       select notification.id, image ->> 'uuid' as key,
              json_strip_nulls(json_build_object('images', json_agg(image order by place), 'owner', notification.owner,
                                                 'auditPeriodBeginning', notification.beginning::bigint,
                                                 'auditPeriodEnding', notification.ending::bigint)) as facts
         from notification, json_array_elements(notification.images) with ordinality as element(image, place)
        group by notification.id, image ->> 'uuid', notification.owner, notification.beginning, notification.ending
     )
     select c.key, n.id, n."when", n.deployment_id, n.dedup_key || E'\\t' || d.name as identity, n.event, n.message_id,
            n.dedup_key, image_facts.facts
       from claimed c
       join notification_glance n on n.id = c.notification_id and n."when" = c."when"
        and n."when" >= $4 and n."when" < $5
       join deployment d on d.id = n.deployment_id
       join image_facts on image_facts.id = n.id and image_facts.key = c.key
      order by c.key`,
    [claimed.map(({ key }) => key), claimed.map(({ id }) => id), times, from, until],
  )
  const items = rows.map((row) => ({
    image: row.key,
    id: row.id,
    when: row.when,
    deploymentId: row.deployment_id,
    identity: row.identity,
    event: row.event,
    messageId: row.message_id,
    dedupKey: row.dedup_key,
    facts: row.facts,
  }))
  return { items, full: claimed.length === limit }
}

/** Claims up to `limit` rows of a shard's requests and returns their distinct request ids. */
export async function claimRequests(
  client: Queryable,
  shard: number,
  limit: number,
  after: string,
): Promise<Claim<string>> {
  const { rows } = await client.query<{ key: string; rows: number }>(
    `with ${claimedRows} select key, count(*)::int as rows from claimed group by key order by key`,
    ['request', shard, limit, after],
  )
  return { items: rows.map(({ key }) => key), full: rows.reduce((sum, row) => sum + row.rows, 0) === limit }
}

/** Deletes all backlog rows of some instances, because a refold reads all their notifications. */
export async function claimRest(client: Queryable, shard: number, instances: readonly string[]): Promise<void> {
  await client.query(`delete from backlog where kind = 'instance' and shard = $1 and key = any($2)`, [shard, instances])
}

/**
 * Adds request ids to the backlog, each as a row with the id of this transaction. A pending row of the same request does not
 * suffice: it may be claimed, and the request folded, before this transaction commits.
 *
 * @returns the shards of the new rows
 */
export async function appendRequests(
  client: Queryable,
  requestIds: Iterable<string>,
  shards: number,
): Promise<number[]> {
  const keys = [...new Set(requestIds)].sort()
  if (keys.length === 0) return []
  const { rows } = await client.query<{ shard: number }>(
    `with appended as (
       insert into backlog (kind, key, "when", notification_id, shard)
       select 'request', key, 0, pg_current_xact_id()::text::bigint, abs(hashtextextended(key, 0) % $2::bigint)
         from unnest($1::text[]) as request(key)
       returning shard
     ) select distinct shard from appended`,
    [keys, shards],
  )
  return rows.map(({ shard }) => shard)
}

/** The kinds of backlog that a shard has. */
export async function backloggedKinds(client: Queryable, shard: number): Promise<Set<BacklogKind>> {
  const { rows } = await client.query<{ kind: BacklogKind }>(
    `select kind from unnest('{instance,image,request}'::text[]) as candidate(kind)
      where exists (select from backlog where backlog.kind = candidate.kind and shard = $1)`,
    [shard],
  )
  return new Set(rows.map(({ kind }) => kind))
}

/** The kinds and shards that have a backlog. */
export async function backloggedShards(client: Queryable): Promise<BackloggedShard[]> {
  // A loose index scan: its cost depends on the number of shards, not of rows.
  const { rows } = await client.query<BackloggedShard>(
    `with recursive walk as (
       (select kind, shard from backlog order by kind, shard limit 1)
       union all
       select following.kind, following.shard from walk, lateral (
         select kind, shard from backlog where (kind, shard) > (walk.kind, walk.shard) order by kind, shard limit 1
       ) as following
     ) select kind, shard from walk`,
  )
  return rows
}
