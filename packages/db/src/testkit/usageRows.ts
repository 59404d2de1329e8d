import { type Instant, parseInstant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** A time of 2026-11, such as `20 09:30:10`. */
export function novemberTime(text: string): Instant {
  const instant = parseInstant(`2026-11-${text}`)
  if (instant === null) throw new Error(`${text} is not a time`)
  return instant
}

export interface TestLaunch {
  instance: string
  request?: string
  launchedAt: Instant
  /** Default: `launchedAt`. */
  firstWhen?: Instant
}

/** @returns the id of the launch */
export async function insertLaunch({ pool }: Database, launch: TestLaunch): Promise<number> {
  const { instance, launchedAt, firstWhen = launchedAt, request = `req-${instance}-${launchedAt}` } = launch
  const { rows } = await pool.query<{ id: number }>(
    `insert into instance_launch (instance, request_id, launched_at, first_when) values ($1, $2, $3, $4) returning id`,
    [instance, request, launchedAt, firstWhen],
  )
  const [row] = rows
  if (row === undefined) throw new Error('insert returned no row')
  return row.id
}

export interface TestExists {
  instance: string
  launchedAt: Instant
  /** Audit period. */
  from: Instant
  until: Instant
  deletedAt?: Instant
  deployment?: number
  launchId?: number
  tenant?: string
  flavor?: string
  memoryMb?: number
  status?: string
}

let inserted = 0

/** Sent 20 seconds after the end of its audit period. */
export async function insertExists({ pool }: Database, exists: TestExists): Promise<void> {
  const { instance, launchedAt, from, until, deletedAt = null, deployment = 1, launchId = null } = exists
  const { tenant = 't', flavor = '2', memoryMb = 2048, status = 'verified' } = exists
  await pool.query(
    `insert into instance_exists (deployment_id, dedup_key, notification_id, "when", instance, versioned, launched_at,
                                  deleted_at, audit_period_beginning, audit_period_ending, launch_id, tenant,
                                  instance_flavor_id, memory_mb, status, image_type)
     values ($1, $2, 1, $3::bigint + 20000000, $4, false, $5, $6, $7, $3, $8, $9, $10, $11, $12, 0)`,
    [
      deployment,
      `m${++inserted}`,
      until,
      instance,
      launchedAt,
      deletedAt,
      from,
      launchId,
      tenant,
      flavor,
      memoryMb,
      status,
    ],
  )
}

export interface TestDelete {
  instance: string
  launchedAt: Instant
  deletedAt: Instant
  /** Default: true. */
  effective?: boolean
}

export async function insertDelete({ pool }: Database, deletion: TestDelete): Promise<void> {
  const { instance, launchedAt, deletedAt, effective = true } = deletion
  await pool.query(
    `insert into instance_delete (instance, launched_at, deleted_at, notification_id, effective) values ($1, $2, $3, 1, $4)`,
    [instance, launchedAt, deletedAt, effective],
  )
}

/** The instance left its host. */
export async function insertOffload({ pool }: Database, instance: string, when: Instant): Promise<void> {
  await pool.query(
    `insert into timing (instance, name, notification_id, "when", start_when, end_when, duration, counted)
     values ($1, 'compute.instance.shelve_offload', $2, $3, $3, $3, 0, true)`,
    [instance, ++inserted, when],
  )
}
