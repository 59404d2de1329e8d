import {
  durationOf,
  type InstanceDelete,
  type InstanceExists,
  type InstanceFold,
  type Launch,
  type Lifecycle,
  type Timing,
} from '@stacktach/domain'
import type { Queryable } from '../transaction.ts'
import { type ColumnTypes, unnest } from './unnest.ts'

/** How one kind of row is written: its table, natural key and columns. */
interface Target<R> {
  table: string
  /** The natural key; the id of a row that is there stays. */
  key: readonly string[]
  types: Record<string, string>
  columns(row: R): Record<string, unknown>
}

const timings: Target<Timing> = {
  table: 'timing',
  key: ['notification_id'],
  types: {
    notification_id: 'bigint',
    instance: 'text',
    name: 'text',
    when: 'bigint',
    start_id: 'bigint',
    start_when: 'bigint',
    start_request_id: 'text',
    start_identity: 'text',
    end_id: 'bigint',
    end_when: 'bigint',
    end_request_id: 'text',
    end_identity: 'text',
    end_deployment_id: 'int',
    end_tenant: 'text',
    duration: 'bigint',
    counted: 'boolean',
  },
  columns(timing) {
    const { instance, name, start, end } = timing
    const duration = durationOf(timing)
    return {
      notification_id: (start ?? end)?.id,
      instance,
      name,
      when: (start ?? end)?.when,
      start_id: start?.id ?? null,
      start_when: start?.when ?? null,
      start_request_id: start?.requestId ?? null,
      start_identity: start?.identity ?? null,
      end_id: end?.id ?? null,
      end_when: end?.when ?? null,
      end_request_id: end?.requestId ?? null,
      end_identity: end?.identity ?? null,
      end_deployment_id: end?.deploymentId ?? null,
      end_tenant: end?.tenant ?? null,
      duration,
      counted: duration !== null && duration >= 0,
    }
  },
}

const launches: Target<Launch> = {
  table: 'instance_launch',
  key: ['instance', 'request_id'],
  types: {
    instance: 'text',
    request_id: 'text',
    launched_at: 'bigint',
    instance_type_id: 'text',
    instance_flavor_id: 'text',
    tenant: 'text',
    rax_options: 'text',
    os_architecture: 'text',
    os_version: 'text',
    os_distro: 'text',
    first_when: 'bigint',
  },
  columns: (launch) => ({
    instance: launch.instance,
    request_id: launch.requestId,
    launched_at: launch.launchedAt,
    instance_type_id: launch.instanceTypeId,
    instance_flavor_id: launch.instanceFlavorId,
    tenant: launch.tenant,
    rax_options: launch.raxOptions,
    os_architecture: launch.osArchitecture,
    os_version: launch.osVersion,
    os_distro: launch.osDistro,
    first_when: launch.firstWhen,
  }),
}

const deletes: Target<InstanceDelete> = {
  table: 'instance_delete',
  key: ['instance', 'launched_at', 'deleted_at'],
  types: {
    instance: 'text',
    launched_at: 'bigint',
    deleted_at: 'bigint',
    payload_deleted_at: 'bigint',
    notification_id: 'bigint',
  },
  columns: (row) => ({
    instance: row.instance,
    launched_at: row.launchedAt,
    deleted_at: row.deletedAt,
    payload_deleted_at: row.payloadDeletedAt,
    notification_id: row.notificationId,
  }),
}

const exists: Target<InstanceExists> = {
  table: 'instance_exists',
  key: ['deployment_id', 'dedup_key'],
  types: {
    deployment_id: 'int',
    dedup_key: 'text',
    message_id: 'text',
    notification_id: 'bigint',
    when: 'bigint',
    instance: 'text',
    versioned: 'boolean',
    launched_at: 'bigint',
    deleted_at: 'bigint',
    terminated_at: 'bigint',
    audit_period_beginning: 'bigint',
    audit_period_ending: 'bigint',
    instance_type_id: 'text',
    instance_flavor_id: 'text',
    flavor_name: 'text',
    memory_mb: 'int',
    tenant: 'text',
    rax_options: 'text',
    os_architecture: 'text',
    os_version: 'text',
    os_distro: 'text',
    image_type: 'int',
    host: 'text',
    bandwidth_public_out: 'bigint',
  },
  columns: (row) => ({
    deployment_id: row.deploymentId,
    dedup_key: row.dedupKey,
    message_id: row.messageId,
    notification_id: row.notificationId,
    when: row.when,
    instance: row.instance,
    versioned: row.versioned,
    launched_at: row.launchedAt,
    deleted_at: row.deletedAt,
    terminated_at: row.terminatedAt,
    audit_period_beginning: row.auditPeriodBeginning,
    audit_period_ending: row.auditPeriodEnding,
    instance_type_id: row.instanceTypeId,
    instance_flavor_id: row.instanceFlavorId,
    flavor_name: row.flavorName,
    memory_mb: row.memoryMb,
    tenant: row.tenant,
    rax_options: row.raxOptions,
    os_architecture: row.osArchitecture,
    os_version: row.osVersion,
    os_distro: row.osDistro,
    image_type: row.imageType,
    host: row.host,
    bandwidth_public_out: row.bandwidthPublicOut,
  }),
}

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
async function writeLifecycles(
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
