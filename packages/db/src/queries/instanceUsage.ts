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

/** An exists of an instance with its verdict. */
export interface InstanceExistsRow {
  id: number
  when: number
  notificationId: number
  auditPeriodBeginning: number | null
  auditPeriodEnding: number | null
  launchedAt: number
  deletedAt: number | null
  instanceTypeId: string | null
  tenant: string | null
  /** pending, verifying, verified or failed. */
  status: string
  failReason: string | null
  /** 201 once it was published and the broker confirmed it. */
  sendStatus: number
  deployment: string | null
}

/** The exists of an instance before a position, newest first. */
export async function existsOfInstance(
  db: Database,
  { instance, before, limit }: { instance: string; before: { when: number; id: number } | null; limit: number },
): Promise<InstanceExistsRow[]> {
  const { rows } = await db.pool.query<InstanceExistsRow>(
    `select id, "when", notification_id as "notificationId", audit_period_beginning as "auditPeriodBeginning",
            audit_period_ending as "auditPeriodEnding", launched_at as "launchedAt", deleted_at as "deletedAt",
            instance_type_id as "instanceTypeId", tenant, status, fail_reason as "failReason",
            send_status as "sendStatus", (select name from deployment d where d.id = e.deployment_id) as deployment
       from instance_exists e
      where instance = $1 ${before === null ? '' : 'and ("when", id) < ($3, $4)'}
      order by "when" desc, id desc limit $2`,
    [instance, limit, ...(before === null ? [] : [before.when, before.id])],
  )
  return rows
}
