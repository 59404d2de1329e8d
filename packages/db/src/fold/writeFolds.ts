import type {
  Boundary,
  Failure,
  InstanceDelete,
  InstanceExists,
  InstanceFold,
  Instant,
  Launch,
  Lifecycle,
} from '@stacktach/domain'
import type pg from 'pg'
import type { Queryable } from '../sql/transaction.ts'
import { unnest } from '../sql/unnest.ts'
import type { ChangedEvidence } from '../verification/reopen.ts'
import { deletes, exists, failures, launches, operations, type Target, timingTarget } from './foldTargets.ts'
import { type ChangedTime, queueChanges } from './usageChanged.ts'
import { writeLifecycles } from './writeLifecycles.ts'

/** Failures that were written for the first time. */
export interface NewFailures {
  deployment: string
  /** The operation. */
  name: string
  count: number
}

export interface WrittenFolds {
  changed: ChangedEvidence
  newFailures: NewFailures[]
}

/**
 * Writes the results of folds. Existing rows keep their ids; unchanged rows are not written. For an instance folded from its
 * beginning or boundary (`refolded`), rows that the fold no longer produces are deleted. An exists keeps its verdict unless
 * it changed.
 *
 * @throws ConcurrentFold if another process folded one of these instances meanwhile
 */
export async function writeFolds(
  client: Queryable,
  folds: readonly InstanceFold[],
  before: ReadonlyMap<string, Lifecycle>,
  refolded: readonly string[],
  boundaries: ReadonlyMap<string, Boundary>,
): Promise<WrittenFolds> {
  const whole = refolded.map((instance) => ({ instance, from: boundaries.get(instance)?.from ?? 0 }))
  await writeLifecycles(client, folds, before)
  const all = <R>(rows: (fold: InstanceFold) => readonly R[]) => folds.flatMap(rows)
  await write(
    client,
    timingTarget,
    all((fold) => fold.timings),
    whole,
  )
  const changedLaunches = await write<Launch, { id: number; instance: string }>(
    client,
    launches,
    all((fold) => fold.launches),
    whole,
  )
  const changedDeletes = await write<InstanceDelete, { instance: string; launched_at: number; deleted_at: number }>(
    client,
    deletes,
    all((fold) => fold.deletes),
    whole,
  )
  const changedExists = await write<InstanceExists, ChangedExists>(
    client,
    exists,
    lastOfEachKey(all((fold) => fold.exists)),
    whole,
  )
  await queueChanges(client, deletedTimes(changedExists))
  await write(
    client,
    operations,
    all((fold) => fold.operations),
    whole,
  )
  const changedFailures = await write<Failure, ChangedFailure>(
    client,
    failures,
    all((fold) => fold.failures),
    whole,
  )
  const refoldedInstances = new Set(refolded)
  const changed = {
    launches: changedLaunches.map(({ id }) => id),
    instances: [
      ...new Set(changedLaunches.map(({ instance }) => instance).filter((name) => refoldedInstances.has(name))),
    ],
    deletes: changedDeletes.map((row) => ({
      instance: row.instance,
      launchedAt: row.launched_at,
      deletedAt: row.deleted_at,
    })),
  }
  return { changed, newFailures: await withDeployments(client, countNew(changedFailures)) }
}

interface ChangedExists {
  instance: string
  audit_period_beginning: number | null
  audit_period_ending: number | null
}

/** The times of deleted exists. Others get a verdict, which queues their times. */
function deletedTimes(rows: readonly (ChangedExists & { change: Change })[]): ChangedTime[] {
  return rows.flatMap(({ change, instance, audit_period_beginning: from, audit_period_ending: until }) =>
    change === 'deleted' && from !== null && until !== null ? [{ instance, from, until }] : [],
  )
}

interface ChangedFailure {
  instance: string
  name: string
  deployment_id: number
}

/**
 * Counts inserted failures. One that replaces a deleted one of its instance and operation is not new: the notification of the
 * other format counts now.
 */
function countNew(rows: readonly (ChangedFailure & { change: Change })[]): CountedFailures[] {
  const perInstance = new Map<string, CountedFailures>()
  for (const { instance, name, deployment_id: deploymentId, change } of rows) {
    const key = `${instance}\t${name}`
    const counted = perInstance.get(key) ?? { deploymentId, name, count: 0 }
    counted.count += change === 'inserted' ? 1 : change === 'deleted' ? -1 : 0
    perInstance.set(key, counted)
  }
  const sums = new Map<string, CountedFailures>()
  for (const { deploymentId, name, count } of perInstance.values()) {
    if (count <= 0) continue
    const sum = sums.get(`${deploymentId}\t${name}`) ?? { deploymentId, name, count: 0 }
    sum.count += count
    sums.set(`${deploymentId}\t${name}`, sum)
  }
  return [...sums.values()]
}

interface CountedFailures {
  deploymentId: number
  name: string
  count: number
}

async function withDeployments(client: Queryable, failures: readonly CountedFailures[]): Promise<NewFailures[]> {
  if (failures.length === 0) return []
  const { rows } = await client.query<{ id: number; name: string }>(
    'select id, name from deployment where id = any($1)',
    [failures.map(({ deploymentId }) => deploymentId)],
  )
  const names = new Map(rows.map(({ id, name }) => [id, name]))
  return failures.map(({ deploymentId, name, count }) => ({ deployment: names.get(deploymentId) ?? '', name, count }))
}

type Change = 'inserted' | 'updated' | 'deleted'

/** PostgreSQL refuses the same key twice in a statement, which happens if two instances have an exists with one message id. */
function lastOfEachKey(rows: readonly InstanceExists[]): InstanceExists[] {
  return [...new Map(rows.map((row) => [`${row.deploymentId} ${row.dedupKey}`, row])).values()]
}

/** An instance with all its rows since an instant. */
interface Whole {
  instance: string
  from: Instant
}

/** Writes rows and deletes stale ones; returns key, id and kind of change of each changed row. */
async function write<R, Changed extends pg.QueryResultRow>(
  client: Queryable,
  target: Target<R>,
  rows: readonly R[],
  whole: readonly Whole[],
): Promise<(Changed & { change: Change })[]> {
  const { table, key, types } = target
  const changed: (Changed & { change: Change })[] = []
  const returned = ['id', ...key, ...(target.returned ?? [])]
  const { sql, columns, values } = unnest(types, rows.map(target.columns))
  if (whole.length > 0) {
    const since = target.since === undefined ? '' : `and stale."${target.since}" >= whole."from"`
    const same = key.map((name) => `input."${name}" = stale."${name}"`).join(' and ')
    const deleted = await client.query<Changed & { change: Change }>(
      `delete from ${table} stale
        using unnest($${values.length + 1}::text[], $${values.length + 2}::bigint[]) as whole(instance, "from")
        where stale.instance = whole.instance ${since}
          and not exists (select from ${sql} where ${same})
       returning ${returned.map((name) => `stale."${name}"`).join(', ')}, 'deleted' as change`,
      [...values, whole.map(({ instance }) => instance), whole.map(({ from }) => from)],
    )
    changed.push(...deleted.rows)
  }
  if (rows.length === 0) return changed
  const others = Object.keys(types).filter((name) => !key.includes(name))
  const set = [...others.map((name) => `"${name}" = excluded."${name}"`), ...(target.onChange ?? [])].join(', ')
  const oldValues = others.map((name) => `${table}."${name}"`).join(', ')
  const newValues = others.map((name) => `excluded."${name}"`).join(', ')
  const order = key.map((name) => `"${name}"`).join(', ')
  const written = await client.query<Changed & { change: Change }>(
    `insert into ${table} (${columns}) select ${columns} from ${sql} order by ${order}
     on conflict (${order}) do update set ${set} where (${oldValues}) is distinct from (${newValues})
     returning ${returned.map((name) => `${table}."${name}"`).join(', ')},
               case when ${table}.xmax = 0 then 'inserted' else 'updated' end as change`,
    values,
  )
  return [...changed, ...written.rows]
}
