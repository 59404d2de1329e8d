import type { InstanceFold, Lifecycle } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { type ColumnTypes, unnest } from '../sql/unnest.ts'

/** Another process folded one of the instances since its state was read; the transaction is rolled back and tried again. */
export class ConcurrentFold extends Error {
  override name = 'ConcurrentFold'
}

interface LifecycleColumns {
  instance: string
  notification_id: number
  notification_when: number
  folded_when: number
  folded_tie_break: string
  state: string | null
  task_state: string | null
  has_classic: boolean
  has_versioned: boolean
  expected_when: number | null
  expected_tie_break: string | null
}

const lifecycleTypes: ColumnTypes<LifecycleColumns> = {
  instance: 'text',
  notification_id: 'bigint',
  notification_when: 'bigint',
  folded_when: 'bigint',
  folded_tie_break: 'text',
  state: 'text',
  task_state: 'text',
  has_classic: 'boolean',
  has_versioned: 'boolean',
  expected_when: 'bigint',
  expected_tie_break: 'text',
}

/**
 * A shard's lock keeps two folds of one instance apart, unless two processes were given different numbers of shards: so
 * the position that was read must still be there.
 */
export async function writeLifecycles(
  client: Queryable,
  folds: readonly InstanceFold[],
  before: ReadonlyMap<string, Lifecycle>,
): Promise<void> {
  const rows = folds.map(({ lifecycle }): LifecycleColumns => {
    const expected = before.get(lifecycle.instance)
    return {
      instance: lifecycle.instance,
      notification_id: lifecycle.notificationId,
      notification_when: lifecycle.notificationWhen,
      folded_when: lifecycle.when,
      folded_tie_break: lifecycle.tieBreak,
      state: lifecycle.state,
      task_state: lifecycle.taskState,
      has_classic: lifecycle.hasClassic,
      has_versioned: lifecycle.hasVersioned,
      expected_when: expected?.when ?? null,
      expected_tie_break: expected?.tieBreak ?? null,
    }
  })
  const { sql, values } = unnest(lifecycleTypes, rows)
  const { rows: counted } = await client.query<{ written: number }>(
    `with given as (select * from ${sql}),
     updated as (
       update lifecycle l
          set notification_id = given.notification_id, notification_when = given.notification_when,
              folded_when = given.folded_when, folded_tie_break = given.folded_tie_break, state = given.state,
              task_state = given.task_state, has_classic = given.has_classic, has_versioned = given.has_versioned
         from given
        where l.instance = given.instance and l.folded_when = given.expected_when
          and l.folded_tie_break = given.expected_tie_break
       returning l.instance
     ), inserted as (
       insert into lifecycle (instance, notification_id, notification_when, folded_when, folded_tie_break, state,
                              task_state, has_classic, has_versioned)
       select instance, notification_id, notification_when, folded_when, folded_tie_break, state, task_state,
              has_classic, has_versioned
         from given where expected_when is null order by instance
       on conflict do nothing
       returning instance
     ) select ((select count(*) from updated) + (select count(*) from inserted))::int as written`,
    values,
  )
  if (counted[0]?.written !== rows.length) throw new ConcurrentFold('an instance was folded by another process')
}
