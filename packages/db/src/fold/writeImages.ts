import type { ImageDelete, ImageExists, ImageFold, ImageUsage } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { unnest } from '../sql/unnest.ts'

/** Columns that identify a row's notification. */
const source = { notification_id: 'bigint', when: 'bigint', tie_break: 'text' }

function sourceOf(row: ImageUsage | ImageDelete | ImageExists) {
  return { notification_id: row.notificationId, when: row.when, tie_break: row.tieBreak }
}

/**
 * Writes the rows of images. Of two rows with the same key the later one counts, or the one with the higher priority, in
 * either order of arrival.
 *
 * @returns ids of the images whose usage or delete changed
 */
export async function writeImages(client: Queryable, { usages, deletes, exists }: ImageFold): Promise<string[]> {
  const changedUsages = await writeLater(
    client,
    'image_usage',
    ['uuid'],
    { uuid: 'text', created_at: 'bigint', owner: 'text', size: 'bigint', priority: 'bigint', ...source },
    usages.map((row) => ({
      uuid: row.uuid,
      created_at: row.createdAt,
      owner: row.owner,
      size: row.size,
      priority: row.priority,
      ...sourceOf(row),
    })),
    { order: 'priority' },
  )
  const changedDeletes = await writeLater(
    client,
    'image_delete',
    ['uuid'],
    { uuid: 'text', deleted_at: 'bigint', ...source },
    deletes.map((row) => ({ uuid: row.uuid, deleted_at: row.deletedAt, ...sourceOf(row) })),
  )
  await writeLater(
    client,
    'image_exists',
    ['deployment_id', 'dedup_key', 'uuid'],
    {
      deployment_id: 'int',
      dedup_key: 'text',
      message_id: 'text',
      uuid: 'text',
      created_at: 'bigint',
      deleted_at: 'bigint',
      owner: 'text',
      size: 'bigint',
      audit_period_beginning: 'bigint',
      audit_period_ending: 'bigint',
      ...source,
    },
    exists.map((row) => ({
      deployment_id: row.deploymentId,
      dedup_key: row.dedupKey,
      message_id: row.messageId,
      uuid: row.uuid,
      created_at: row.createdAt,
      deleted_at: row.deletedAt,
      owner: row.owner,
      size: row.size,
      audit_period_beginning: row.auditPeriodBeginning,
      audit_period_ending: row.auditPeriodEnding,
      ...sourceOf(row),
    })),
    { onChange: [`"status" = 'pending'`, '"fail_reason" = null'] },
  )
  const uuids = [...new Set([...usages, ...deletes, ...exists].map(({ uuid }) => uuid))]
  if (uuids.length > 0) await linkImages(client, uuids)
  return [...changedUsages, ...changedDeletes]
}

/**
 * Writes rows that are later than the stored ones, by the column `order`, or that the same notification now gives other
 * values; returns the images of the new or changed rows.
 */
async function writeLater(
  client: Queryable,
  table: string,
  key: readonly string[],
  types: Record<string, string>,
  rows: readonly Record<string, unknown>[],
  { order = 'when', onChange = [] }: { order?: string; onChange?: readonly string[] } = {},
): Promise<string[]> {
  if (rows.length === 0) return []
  const { sql, columns, values } = unnest(types, rows)
  const others = Object.keys(types).filter((name) => !key.includes(name))
  const identity = key.map((name) => `"${name}"`).join(', ')
  const set = [...others.map((name) => `"${name}" = excluded."${name}"`), ...onChange].join(', ')
  const position = (row: string) => `(${row}."${order}", ${row}.tie_break collate "C")`
  const content = (row: string) => `(${others.map((name) => `${row}."${name}"`).join(', ')})`
  const { rows: written } = await client.query<{ uuid: string }>(
    `insert into ${table} (${columns}) select ${columns} from ${sql} order by ${identity}
     on conflict (${identity}) do update set ${set}
      where ${position(table)} < ${position('excluded')}
         or (${position(table)} = ${position('excluded')} and ${content(table)} is distinct from ${content('excluded')})
     returning ${table}.uuid`,
    values,
  )
  return written.map(({ uuid }) => uuid)
}

/** Links exists to their image's usage and, if they have deleted_at, to its delete: an image has at most one of each. */
export async function linkImages(client: Queryable, uuids: readonly string[]): Promise<void> {
  await client.query(
    `update image_exists e
        set usage_id = linked.usage_id, delete_id = linked.delete_id, status = 'pending', fail_reason = null
       from (select e.id, u.id as usage_id, case when e.deleted_at is not null then d.id end as delete_id
               from image_exists e
               left join image_usage u on u.uuid = e.uuid
               left join image_delete d on d.uuid = e.uuid
              where e.uuid = any($1)) as linked
      where e.id = linked.id and (e.usage_id, e.delete_id) is distinct from (linked.usage_id, linked.delete_id)`,
    [uuids],
  )
}
