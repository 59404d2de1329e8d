import type { Database } from '../connection/open.ts'

/** A launch of an instance. Times are microseconds of Unix time. */
export interface InstanceLaunchRow {
  requestId: string
  /** Null while the instance is starting, and if the launch failed. */
  launchedAt: number | null
  /** When of its first notification. */
  firstWhen: number
  instanceTypeId: string | null
  instanceFlavorId: string | null
  tenant: string | null
  osDistro: string | null
  osVersion: string | null
}

/** The latest launches of an instance, newest first. */
export async function launchesOfInstance(
  db: Database,
  { instance, limit }: { instance: string; limit: number },
): Promise<InstanceLaunchRow[]> {
  const { rows } = await db.pool.query<InstanceLaunchRow>(
    `select request_id as "requestId", launched_at as "launchedAt", first_when as "firstWhen",
            instance_type_id as "instanceTypeId", instance_flavor_id as "instanceFlavorId", tenant,
            os_distro as "osDistro", os_version as "osVersion"
       from instance_launch where instance = $1 order by first_when desc, id desc limit $2`,
    [instance, limit],
  )
  return rows
}

/** A delete of an instance. */
export interface InstanceDeleteRow {
  launchedAt: number
  deletedAt: number
  /** deleted, soft deleted, replaced or restored. */
  status: string
  effective: boolean
  notificationId: number
}

/** The latest deletes of an instance, newest first, also those that another one replaced. */
export async function deletesOfInstance(
  db: Database,
  { instance, limit }: { instance: string; limit: number },
): Promise<InstanceDeleteRow[]> {
  const { rows } = await db.pool.query<InstanceDeleteRow>(
    `select launched_at as "launchedAt", deleted_at as "deletedAt", status, effective, notification_id as "notificationId"
       from instance_delete where instance = $1 order by launched_at desc, deleted_at desc limit $2`,
    [instance, limit],
  )
  return rows
}
