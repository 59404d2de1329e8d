import type { InstanceExists, InstanceFold, Lifecycle } from '@stacktach/domain'
import type { Queryable } from '../transaction.ts'
import { deletes, exists, launches, type Target, timings } from './foldTargets.ts'
import { unnest } from './unnest.ts'
import { writeLifecycles } from './writeLifecycles.ts'

/**
 * Writes what folds made: new rows are inserted, rows that are there keep their ids (and verdicts), rows that did not
 * change are not touched. Of an instance folded from its beginning (`refolded`), rows that are no more are deleted.
 *
 * @throws ConcurrentFold when another process folded one of these instances in between
 */
export async function writeFolds(
  client: Queryable,
  folds: readonly InstanceFold[],
  before: ReadonlyMap<string, Lifecycle>,
  refolded: readonly string[],
): Promise<void> {
  await writeLifecycles(client, folds, before)
  await write(
    client,
    timings,
    folds.flatMap((fold) => fold.timings),
    refolded,
  )
  await write(
    client,
    launches,
    folds.flatMap((fold) => fold.launches),
    refolded,
  )
  await write(
    client,
    deletes,
    folds.flatMap((fold) => fold.deletes),
    refolded,
  )
  await write(client, exists, lastOfEachKey(folds.flatMap((fold) => fold.exists)), refolded)
}

/** One message id under two instances would be one row twice in a statement, which PostgreSQL refuses. */
function lastOfEachKey(rows: readonly InstanceExists[]): InstanceExists[] {
  return [...new Map(rows.map((row) => [`${row.deploymentId} ${row.dedupKey}`, row])).values()]
}

async function write<R>(client: Queryable, target: Target<R>, rows: readonly R[], refolded: readonly string[]) {
  const { table, key, types } = target
  const given = rows.map(target.columns)
  const { sql, columns, values } = unnest(types, given)
  if (refolded.length > 0) {
    const same = key.map((name) => `given."${name}" = stale."${name}"`).join(' and ')
    await client.query(
      `delete from ${table} stale where stale.instance = any($${values.length + 1})
          and not exists (select from ${sql} where ${same})`,
      [...values, refolded],
    )
  }
  if (rows.length === 0) return
  const others = Object.keys(types).filter((name) => !key.includes(name))
  const set = others.map((name) => `"${name}" = excluded."${name}"`).join(', ')
  const old = others.map((name) => `${table}."${name}"`).join(', ')
  const fresh = others.map((name) => `excluded."${name}"`).join(', ')
  const order = key.map((name) => `"${name}"`).join(', ')
  await client.query(
    `insert into ${table} (${columns}) select ${columns} from ${sql} order by ${order}
     on conflict (${order}) do update set ${set} where (${old}) is distinct from (${fresh})`,
    values,
  )
}
