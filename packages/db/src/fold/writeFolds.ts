import type { Boundary, InstanceExists, InstanceFold, Instant, Lifecycle } from '@stacktach/domain'
import type pg from 'pg'
import type { Queryable } from '../sql/transaction.ts'
import { unnest } from '../sql/unnest.ts'
import type { ChangedDelete } from '../verification/reopen.ts'
import { deletes, exists, launches, type Target, timingTarget } from './foldTargets.ts'
import { writeLifecycles } from './writeLifecycles.ts'

/** What verdicts on exists stand on, as far as it is another than before. */
export interface ChangedEvidence {
  /** Ids of launches. */
  launches: number[]
  deletes: ChangedDelete[]
}

/**
 * Writes what folds made: new rows are inserted, rows that are there keep their ids, rows that did not change are not
 * touched. Of an instance folded from its beginning or its boundary (`refolded`), rows that are no more are deleted. An
 * exists keeps its verdict unless it says something else than before.
 *
 * @throws ConcurrentFold when another process folded one of these instances in between
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
  const changedLaunches = await write(
    client,
    launches,
    all((fold) => fold.launches),
    whole,
  )
  const changedDeletes = await write(
    client,
    deletes,
    all((fold) => fold.deletes),
    whole,
  )
  await write(client, exists, lastOfEachKey(all((fold) => fold.exists)), whole)
  return {
    launches: changedLaunches.map((row) => Number(row.id)),
    deletes: changedDeletes.map((row) => ({
      instance: String(row.instance),
      launchedAt: Number(row.launched_at),
      deletedAt: Number(row.deleted_at),
    })),
  }
}

/** One message id under two instances would be one row twice in a statement, which PostgreSQL refuses. */
function lastOfEachKey(rows: readonly InstanceExists[]): InstanceExists[] {
  return [...new Map(rows.map((row) => [`${row.deploymentId} ${row.dedupKey}`, row])).values()]
}

/** An instance of which all rows that came about from an instant on are given. */
interface Whole {
  instance: string
  from: Instant
}

/** Returns the key and id of each row that was written or deleted. */
async function write<R>(
  client: Queryable,
  target: Target<R>,
  rows: readonly R[],
  whole: readonly Whole[],
): Promise<pg.QueryResultRow[]> {
  const { table, key, types } = target
  const changed: pg.QueryResultRow[] = []
  const given = rows.map(target.columns)
  const { sql, columns, values } = unnest(types, given)
  if (whole.length > 0) {
    const since = target.since === undefined ? '' : `and stale."${target.since}" >= whole."from"`
    const same = key.map((name) => `given."${name}" = stale."${name}"`).join(' and ')
    const deleted = await client.query(
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
  const old = others.map((name) => `${table}."${name}"`).join(', ')
  const fresh = others.map((name) => `excluded."${name}"`).join(', ')
  const order = key.map((name) => `"${name}"`).join(', ')
  const written = await client.query(
    `insert into ${table} (${columns}) select ${columns} from ${sql} order by ${order}
     on conflict (${order}) do update set ${set} where (${old}) is distinct from (${fresh})
     returning ${['id', ...key].map((name) => `${table}."${name}"`).join(', ')}`,
    values,
  )
  return [...changed, ...written.rows]
}
