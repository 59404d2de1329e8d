import { type Boundary, type InstanceNotification, type Lifecycle, lastDelete } from '@stacktach/domain'
import {
  instanceNotificationColumns,
  type SelectedInstanceNotification,
  toInstanceNotification,
} from '../fold/instanceNotifications.ts'
import type { Queryable } from '../sql/transaction.ts'
import { unnest } from '../sql/unnest.ts'
import type { Partition } from './seal.ts'

/** Reads the boundaries of instances whose older notifications are dropped. */
export async function readBoundaries(client: Queryable, instances: readonly string[]): Promise<Map<string, Boundary>> {
  if (instances.length === 0) return new Map()
  const { rows } = await client.query<{ instance: string; state: Boundary }>(
    'select instance, state from instance_boundary where instance = any($1)',
    [instances],
  )
  return new Map(rows.map(({ instance, state }) => [instance, completed(state)]))
}

/** Adds the fields that earlier versions did not store. */
function completed(state: Boundary): Boundary {
  return {
    ...state,
    lifecycle: state.lifecycle === null || 'deploymentId' in state.lifecycle ? state.lifecycle : withLife(state),
    launches: state.launches.map((launch) => ({
      ...launch,
      versioned: launch.versioned ?? false,
      lastWhen: launch.lastWhen ?? launch.firstWhen,
      reported: launch.reported ?? { launchedAt: [], instanceTypeId: [], instanceFlavorId: [] },
    })),
    deletes: state.deletes.map((row) => ({ ...row, status: row.status ?? 'deleted' })),
    operations: state.operations ?? [],
  }
}

/** The lifecycle with its launch and delete, from the rows of the boundary. */
function withLife({ lifecycle, launches, deletes }: Boundary): Lifecycle | null {
  if (lifecycle === null) return null
  const times = launches.flatMap(({ launchedAt }) => launchedAt ?? [])
  return {
    ...lifecycle,
    launchedAt: times.length === 0 ? null : Math.min(...times),
    deletedAt: lastDelete(deletes),
    tenant: launches.findLast(({ tenant }) => tenant !== null)?.tenant ?? null,
    host: null,
    // No deployment has this id. A refold replaces it with that of the next notification.
    deploymentId: 0,
  }
}

/** Writes boundaries; each replaces the instance's older one. */
export async function writeBoundaries(client: Queryable, boundaries: readonly Boundary[]): Promise<void> {
  if (boundaries.length === 0) return
  const rows = boundaries.map((boundary) => ({
    instance: boundary.instance,
    from: boundary.from,
    state: JSON.stringify(boundary),
  }))
  const { sql, values } = unnest({ instance: 'text', from: 'bigint', state: 'text' }, rows)
  await client.query(
    `insert into instance_boundary (instance, "from", state)
     select instance, "from", state::json from ${sql} order by instance
     on conflict (instance) do update set "from" = excluded."from", state = excluded.state`,
    values,
  )
}

/** An instance, and the number of its notifications in a partition. */
export interface CountedInstance {
  instance: string
  notifications: number
}

/** Reads up to `limit` instances of a shard that have notifications in a partition, in order, after the instance `after`. */
export async function instancesOfPartition(
  client: Queryable,
  { name }: Partition,
  { shard, shards }: { shard: number; shards: number },
  after: string,
  limit: number,
): Promise<CountedInstance[]> {
  const { rows } = await client.query<CountedInstance>(
    `select instance, count(*)::int as notifications from ${name}
      where instance > $1 and abs(hashtextextended(instance, 0) % $2::bigint) = $3
      group by instance order by instance limit $4`,
    [after, shards, shard, limit],
  )
  return rows
}

/** Reads the notifications of instances in a partition. */
export async function notificationsOfPartition(
  client: Queryable,
  { name }: Partition,
  instances: readonly string[],
): Promise<InstanceNotification[]> {
  const { rows } = await client.query<SelectedInstanceNotification>(
    `select ${instanceNotificationColumns} from ${name} n join deployment d on d.id = n.deployment_id
      where n.instance = any($1)`,
    [instances],
  )
  return rows.map(toInstanceNotification)
}
