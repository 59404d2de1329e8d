import { changedLife, type InstanceFold, type Lifecycle } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { type ColumnTypes, unnest } from '../sql/unnest.ts'
import { queueChanges } from './usageChanged.ts'

/** Another process folded one of the instances after its state was read: the transaction must be rolled back and repeated. */
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
  launched_at: number | null
  deleted_at: number | null
  tenant: string | null
  host: string | null
  deployment_id: number | null
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
  launched_at: 'bigint',
  deleted_at: 'bigint',
  tenant: 'text',
  host: 'text',
  deployment_id: 'int',
  has_classic: 'boolean',
  has_versioned: 'boolean',
  expected_when: 'bigint',
  expected_tie_break: 'text',
}

/** The written columns, without the key and the expected position. */
const columns = Object.keys(lifecycleTypes).filter((name) => name !== 'instance' && !name.startsWith('expected_'))

/**
 * Writes lifecycles if their stored positions are unchanged, and queues the times in which an instance existed or not by
 * the change. The shard's lock does not ensure this if two processes have
 * different values of SHARDS.
 *
 * @param before the lifecycles as they were read
 * @throws ConcurrentFold if a stored position has changed
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
      launched_at: lifecycle.launchedAt,
      deleted_at: lifecycle.deletedAt,
      tenant: lifecycle.tenant,
      host: lifecycle.host,
      deployment_id: lifecycle.deploymentId,
      has_classic: lifecycle.hasClassic,
      has_versioned: lifecycle.hasVersioned,
      expected_when: expected?.when ?? null,
      expected_tie_break: expected?.tieBreak ?? null,
    }
  })
  const { sql, values } = unnest(lifecycleTypes, rows)
  const { rows: counted } = await client.query<{ written: number }>(
    `with input as (select * from ${sql}),
     updated as (
       update lifecycle l set ${columns.map((name) => `${name} = input.${name}`).join(', ')}
         from input
        where l.instance = input.instance and l.folded_when = input.expected_when
          and l.folded_tie_break = input.expected_tie_break
       returning l.instance
     ), inserted as (
       insert into lifecycle (instance, ${columns.join(', ')})
       select instance, ${columns.join(', ')}
         from input where expected_when is null order by instance
       on conflict do nothing
       returning instance
     ) select ((select count(*) from updated) + (select count(*) from inserted))::int as written`,
    values,
  )
  if (counted[0]?.written !== rows.length) throw new ConcurrentFold('an instance was folded by another process')
  await queueChanges(
    client,
    folds.flatMap(({ instance, lifecycle }) => {
      const time = changedLife(before.get(instance) ?? null, lifecycle)
      return time === null ? [] : [{ instance, ...time }]
    }),
  )
}
