import type { GlanceFacts, ImageNotification, InstanceNotification, Instant } from '@stacktach/domain'
import { periodOf } from '../sql/spans.ts'
import type { Queryable } from '../sql/transaction.ts'
import type { BackloggedShard, BacklogKind } from './backlog.ts'
import {
  instanceNotificationColumns,
  type SelectedInstanceNotification,
  toInstanceNotification,
} from './instanceNotifications.ts'

/**
 * Takes rows of a shard off the backlog, in the order of their keys and then of time, beginning after `$4`: an
 * instance's notifications are claimed together, and no key waits behind another that never ends. The shard's lock is
 * held, so nobody else deletes here and the rows can be taken by their place.
 */
const claiming = `
  claimed as (
    delete from backlog where ctid = any(array(
      select ctid from backlog where kind = $1 and shard = $2 and key > $4
       order by key, "when", notification_id limit $3))
    returning key, "when", notification_id
  )`

/** What was claimed of a backlog. */
export interface Claim<T> {
  items: T[]
  /** Whether there may be more: as many rows were taken as were asked for. */
  full: boolean
}

/** Takes the places of notifications off the backlog. They are read by another statement, which knows when they are. */
async function claimNotifications(
  client: Queryable,
  kind: 'instance' | 'image',
  shard: number,
  limit: number,
  after: string,
): Promise<{ key: string; id: number; when: Instant }[]> {
  const { rows } = await client.query<{ key: string; id: string; when: string }>(
    `with ${claiming} select key, notification_id as id, "when" from claimed`,
    [kind, shard, limit, after],
  )
  return rows.map(({ key, id, when }) => ({ key, id: Number(id), when: Number(when) }))
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
  const whens = notifications.map(({ when }) => when)
  const { from, until } = periodOf(whens)
  const { rows } = await client.query<SelectedInstanceNotification>(
    `select ${instanceNotificationColumns}
       from unnest($1::bigint[], $2::bigint[]) as c(id, "when")
       join notification_nova n on n.id = c.id and n."when" = c."when" and n."when" >= $3 and n."when" < $4
       join deployment d on d.id = n.deployment_id
      order by n.instance`,
    [notifications.map(({ id }) => id), whens, from, until],
  )
  return { items: rows.map(toInstanceNotification), full: notifications.length === limit }
}

interface SelectedImageNotification {
  key: string
  id: string
  when: string
  deployment_id: number
  identity: string
  event: string
  message_id: string | null
  dedup_key: string
  facts: GlanceFacts | null
}

/**
 * Claims up to `limit` glance notifications of a shard, each for an image, with what it says of that image alone: one
 * notification may be about twenty thousand, and all it says in each of their rows is more than memory holds.
 */
export async function claimImages(
  client: Queryable,
  shard: number,
  limit: number,
  after: string,
): Promise<Claim<ImageNotification>> {
  const claimed = await claimNotifications(client, 'image', shard, limit, after)
  if (claimed.length === 0) return { items: [], full: false }
  const whens = claimed.map(({ when }) => when)
  const { from, until } = periodOf(whens)
  const { rows } = await client.query<SelectedImageNotification>(
    `with claimed as materialized (
       select * from unnest($1::text[], $2::bigint[], $3::bigint[]) as claimed(key, notification_id, "when")
     ), noted as materialized (
       select n.id, n.facts -> 'images' as images, n.facts ->> 'auditPeriodBeginning' as beginning,
              n.facts ->> 'auditPeriodEnding' as ending
         from (select distinct notification_id, "when" from claimed) as c
         join notification_glance n on n.id = c.notification_id and n."when" = c."when"
          and n."when" >= $4 and n."when" < $5
     ), about as materialized (
       select noted.id, image ->> 'uuid' as key,
              json_strip_nulls(json_build_object('images', json_agg(image order by place),
                                                 'auditPeriodBeginning', noted.beginning::bigint,
                                                 'auditPeriodEnding', noted.ending::bigint)) as facts
         from noted, json_array_elements(noted.images) with ordinality as listed(image, place)
        group by noted.id, image ->> 'uuid', noted.beginning, noted.ending
     )
     select c.key, n.id, n."when", n.deployment_id, n.dedup_key || E'\\t' || d.name as identity, n.event, n.message_id,
            n.dedup_key, about.facts
       from claimed c
       join notification_glance n on n.id = c.notification_id and n."when" = c."when"
        and n."when" >= $4 and n."when" < $5
       join deployment d on d.id = n.deployment_id
       join about on about.id = n.id and about.key = c.key
      order by c.key`,
    [claimed.map(({ key }) => key), claimed.map(({ id }) => id), whens, from, until],
  )
  const items = rows.map((row) => ({
    image: row.key,
    id: Number(row.id),
    when: Number(row.when),
    deploymentId: row.deployment_id,
    identity: row.identity,
    event: row.event,
    messageId: row.message_id,
    dedupKey: row.dedup_key,
    facts: row.facts,
  }))
  return { items, full: claimed.length === limit }
}

/** Claims request ids of a shard: those of up to `limit` rows, each once. */
export async function claimRequests(
  client: Queryable,
  shard: number,
  limit: number,
  after: string,
): Promise<Claim<string>> {
  const { rows } = await client.query<{ key: string; rows: number }>(
    `with ${claiming} select key, count(*)::int as rows from claimed group by key order by key`,
    ['request', shard, limit, after],
  )
  return { items: rows.map(({ key }) => key), full: rows.reduce((sum, row) => sum + row.rows, 0) === limit }
}

/** Takes what is left of some instances off the backlog: they are about to be folded from all that is stored. */
export async function claimRest(client: Queryable, shard: number, instances: readonly string[]): Promise<void> {
  await client.query(`delete from backlog where kind = 'instance' and shard = $1 and key = any($2)`, [shard, instances])
}

/**
 * Appends request ids to the backlog, each as a row of this transaction's own. Not shared with one that waits already: that
 * one may be claimed, and its request folded without what this transaction has yet to commit.
 *
 * @returns the shards there is something in now
 */
export async function appendRequests(
  client: Queryable,
  requestIds: Iterable<string>,
  shards: number,
): Promise<number[]> {
  const given = [...new Set(requestIds)].sort()
  if (given.length === 0) return []
  const { rows } = await client.query<{ shard: number }>(
    `with appended as (
       insert into backlog (kind, key, "when", notification_id, shard)
       select 'request', key, 0, pg_current_xact_id()::text::bigint, abs(hashtextextended(key, 0) % $2::bigint)
         from unnest($1::text[]) as given(key)
       returning shard
     ) select distinct shard from appended`,
    [given, shards],
  )
  return rows.map(({ shard }) => shard)
}

/** What waits of a shard. */
export async function backloggedKinds(client: Queryable, shard: number): Promise<Set<BacklogKind>> {
  const { rows } = await client.query<{ kind: BacklogKind }>(
    `select kind from unnest('{instance,image,request}'::text[]) as known(kind)
      where exists (select from backlog where backlog.kind = known.kind and shard = $1)`,
    [shard],
  )
  return new Set(rows.map(({ kind }) => kind))
}

/** Which shards have rows in the backlog. */
export async function backloggedShards(client: Queryable): Promise<BackloggedShard[]> {
  // A walk from key to key along the index: its cost is the number of shards, not of rows.
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
