import type { DeleteStatus, InstanceDelete, Launch } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'

/** A row of instance_launch. */
export interface LaunchRow {
  instance: string
  request_id: string
  launched_at: number | null
  instance_type_id: string | null
  instance_flavor_id: string | null
  tenant: string | null
  rax_options: string
  os_architecture: string
  os_version: string
  os_distro: string
  first_when: number
  /** Null in rows of versions that did not store it. */
  last_when: number | null
  versioned: boolean
  reported: Launch['reported']
}

export function launchOf(row: LaunchRow): Launch {
  return {
    instance: row.instance,
    requestId: row.request_id,
    launchedAt: row.launched_at,
    instanceTypeId: row.instance_type_id,
    instanceFlavorId: row.instance_flavor_id,
    tenant: row.tenant,
    raxOptions: row.rax_options,
    osArchitecture: row.os_architecture,
    osVersion: row.os_version,
    osDistro: row.os_distro,
    versioned: row.versioned,
    firstWhen: row.first_when,
    lastWhen: row.last_when ?? row.first_when,
    reported: row.reported,
  }
}

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
