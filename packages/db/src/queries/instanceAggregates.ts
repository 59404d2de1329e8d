import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { Parameters } from './parameters.ts'

/** The place of a row in a list by time and id; null: the row has no time and comes before all that have one. */
export interface Place<When extends Instant | null = Instant> {
  when: When
  id: number
}

/** One page of an instance's rows, newest first. */
export interface InstancePage<When extends Instant | null = Instant> {
  instance: string
  /** The last row of the page before. */
  after?: Place<When> | undefined
  limit: number
}

/** A launch with the request that it belongs to. */
export interface LaunchOfInstance {
  id: number
  requestId: string
  /** Null while the instance is starting, and if the launch failed. */
  launchedAt: Instant | null
  instanceTypeId: string | null
  instanceFlavorId: string | null
  tenant: string | null
}

/** An instance's launches by launch time, latest first; those without one come first. */
export async function launchesOf(
  { pool }: Database,
  { instance, after, limit }: InstancePage<Instant | null>,
): Promise<LaunchOfInstance[]> {
  const parameters = new Parameters()
  const conditions = [`instance = ${parameters.bind(instance)}`]
  if (after !== undefined) {
    conditions.push(
      after.when === null
        ? `(launched_at is not null or id < ${parameters.bind(after.id)})`
        : `(launched_at, id) < (${parameters.bind(after.when)}::bigint, ${parameters.bind(after.id)}::bigint)`,
    )
  }
  const { rows } = await pool.query<LaunchOfInstance>(
    `select id, request_id as "requestId", launched_at as "launchedAt", instance_type_id as "instanceTypeId",
            instance_flavor_id as "instanceFlavorId", tenant
       from instance_launch where ${conditions.join(' and ')}
      order by launched_at desc, id desc limit ${parameters.bind(limit)}`,
    parameters.values,
  )
  return rows
}

/** A reported delete; only an effective one is in the usage. */
export interface DeleteOfInstance {
  id: number
  launchedAt: Instant
  deletedAt: Instant
  /** deleted, soft deleted, replaced or restored. */
  status: string
  effective: boolean
}

/** An instance's deletes, latest first. */
export async function deletesOf(
  { pool }: Database,
  { instance, after, limit }: InstancePage,
): Promise<DeleteOfInstance[]> {
  const parameters = new Parameters()
  const key = parameters.bind(instance)
  const isAfter =
    after === undefined ? '' : `where (deleted_at, id) < (${parameters.bind(after.when)}, ${parameters.bind(after.id)})`
  const { rows } = await pool.query<DeleteOfInstance>(
    // An instance has a few deletes. The planner might read the deletes of all instances in order of time instead.
    `with of_instance as materialized (
       select id, launched_at, deleted_at, status, effective from instance_delete where instance = ${key})
     select id, launched_at as "launchedAt", deleted_at as "deletedAt", status, effective
       from of_instance ${isAfter}
      order by deleted_at desc, id desc limit ${parameters.bind(limit)}`,
    parameters.values,
  )
  return rows
}

/** An exists with the result of its verification. */
export interface ExistsOfInstance {
  id: number
  when: Instant
  notificationId: number
  messageId: string | null
  launchedAt: Instant
  deletedAt: Instant | null
  auditPeriodBeginning: Instant | null
  auditPeriodEnding: Instant | null
  instanceTypeId: string | null
  instanceFlavorId: string | null
  flavorName: string | null
  tenant: string | null
  status: string
  failReason: string | null
  /** 201 once it was published and the broker confirmed it; 0 before. */
  sendStatus: number
}

/** An instance's exists, newest first. */
export async function existsOf(
  { pool }: Database,
  { instance, after, limit }: InstancePage,
): Promise<ExistsOfInstance[]> {
  const parameters = new Parameters()
  const conditions = [`instance = ${parameters.bind(instance)}`]
  if (after !== undefined) {
    conditions.push(`("when", id) < (${parameters.bind(after.when)}::bigint, ${parameters.bind(after.id)}::bigint)`)
  }
  const { rows } = await pool.query<ExistsOfInstance>(
    `select id, "when", notification_id as "notificationId", message_id as "messageId", launched_at as "launchedAt",
            deleted_at as "deletedAt", audit_period_beginning as "auditPeriodBeginning",
            audit_period_ending as "auditPeriodEnding", instance_type_id as "instanceTypeId",
            instance_flavor_id as "instanceFlavorId", flavor_name as "flavorName", tenant, status,
            fail_reason as "failReason", send_status as "sendStatus"
       from instance_exists where ${conditions.join(' and ')}
      order by "when" desc, id desc limit ${parameters.bind(limit)}`,
    parameters.values,
  )
  return rows
}
