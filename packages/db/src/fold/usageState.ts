import type { DeleteStatus, InstanceDelete, Launch } from '@stacktach/domain'
import { type LaunchRow, launchOf } from '../sql/launchRow.ts'
import type { Queryable } from '../sql/transaction.ts'

/** An instance and a request id. */
export interface LaunchKey {
  instance: string
  requestId: string
}

/** Reads launches by instance and request. */
export async function readLaunches(client: Queryable, keys: readonly LaunchKey[]): Promise<Launch[]> {
  if (keys.length === 0) return []
  const { rows } = await client.query<LaunchRow>(
    `select l.* from (select distinct * from unnest($1::text[], $2::text[])) as input(instance, request_id)
       join instance_launch l on l.instance = input.instance and l.request_id = input.request_id`,
    [keys.map(({ instance }) => instance), keys.map(({ requestId }) => requestId)],
  )
  return rows.map(launchOf)
}

/** Reads all deletes of instances. */
export async function readDeletes(client: Queryable, instances: readonly string[]): Promise<InstanceDelete[]> {
  if (instances.length === 0) return []
  const { rows } = await client.query<{
    instance: string
    launched_at: number
    deleted_at: number
    payload_deleted_at: number | null
    notification_id: number
    status: DeleteStatus
  }>('select * from instance_delete where instance = any($1)', [instances])
  return rows.map((row) => ({
    instance: row.instance,
    launchedAt: row.launched_at,
    deletedAt: row.deleted_at,
    payloadDeletedAt: row.payload_deleted_at,
    notificationId: row.notification_id,
    status: row.status,
  }))
}
