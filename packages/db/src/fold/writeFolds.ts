import type {
  Boundary,
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
import { writeLifecycles } from './writeLifecycles.ts'

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
): Promise<ChangedEvidence> {
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
  await write(client, exists, lastOfEachKey(all((fold) => fold.exists)), whole)
  await write(
    client,
    operations,
    all((fold) => fold.operations),
    whole,
  )
  await write(
    client,
    failures,
    all((fold) => fold.failures),
    whole,
  )
  const refoldedInstances = new Set(refolded)
  return {
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
}

/** PostgreSQL refuses the same key twice in a statement, which happens if two instances have an exists with one message id. */
function lastOfEachKey(rows: readonly InstanceExists[]): InstanceExists[] {
  return [...new Map(rows.map((row) => [`${row.deploymentId} ${row.dedupKey}`, row])).values()]
}

/** An instance with all its rows since an instant. */
interface Whole {
  instance: string
  from: Instant
}

/** Writes rows and deletes stale ones; returns key and id of each changed row. */
async function write<R, Changed extends pg.QueryResultRow>(
  client: Queryable,
  target: Target<R>,
  rows: readonly R[],
  whole: readonly Whole[],
): Promise<Changed[]> {
  const { table, key, types } = target
  const changed: Changed[] = []
  const { sql, columns, values } = unnest(types, rows.map(target.columns))
  if (whole.length > 0) {
    const since = target.since === undefined ? '' : `and stale."${target.since}" >= whole."from"`
    const same = key.map((name) => `input."${name}" = stale."${name}"`).join(' and ')
    const deleted = await client.query<Changed>(
      `delete from ${table} stale
        using unnest($${values.length + 1}::text[], $${values.length + 2}::bigint[]) as whole(instance, "from")
        where stale.instance = whole.instance ${since}
          and not exists (select from ${sql} where ${same})
       returning stale.id, ${key.map((name) => `stale."${name}"`).join(', ')}`,
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
  const written = await client.query<Changed>(
    `insert into ${table} (${columns}) select ${columns} from ${sql} order by ${order}
     on conflict (${order}) do update set ${set} where (${oldValues}) is distinct from (${newValues})
     returning ${['id', ...key].map((name) => `${table}."${name}"`).join(', ')}`,
    values,
  )
  return [...changed, ...written.rows]
}
