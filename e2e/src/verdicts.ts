import { expect } from '@jest/globals'
import type { Database } from '@stacktach/db'
import type { Truth, VerdictTruth } from '@stacktach/simulator'
import { until } from './until.ts'

/** Verdicts by exists: null for verified, or the reason of the failure. */
export type Verdicts = Record<string, string | null>

/** Waits until no exists is pending. */
export async function allVerified(database: Database): Promise<void> {
  await untilZero(
    database,
    'every exists verified',
    `select (select count(*) from instance_exists where status = 'pending')
          + (select count(*) from image_exists where status = 'pending')`,
  )
}

/** Waits until all verified exists are marked as sent. */
export async function everySent(database: Database): Promise<void> {
  await untilZero(
    database,
    'every verified exists sent',
    `select (select count(*) from instance_exists where status = 'verified' and send_status <> 201)
          + (select count(*) from outbox where send_status <> 201)`,
  )
}

/** @param count SQL expression that counts the remaining rows */
async function untilZero({ pool }: Database, condition: string, count: string): Promise<void> {
  const isZero = async () =>
    (await pool.query<{ zero: boolean }>(`select (${count}) = 0 as zero`)).rows[0]?.zero ?? false
  await until(isZero, 60_000, condition)
}

/** Verdicts on nova's exists, by message id. */
export async function novaVerdicts({ pool }: Database): Promise<Verdicts> {
  return toVerdicts(await pool.query('select message_id as key, status, fail_reason from instance_exists'))
}

/** Verdicts on glance's exists, by message id and image. */
export async function glanceVerdicts({ pool }: Database): Promise<Verdicts> {
  return toVerdicts(await pool.query(`select message_id || ' ' || uuid as key, status, fail_reason from image_exists`))
}

function toVerdicts({ rows }: { rows: { key: string; status: string; fail_reason: string | null }[] }): Verdicts {
  return Object.fromEntries(
    rows.map(({ key, status, fail_reason }) => {
      if ((status === 'verified') !== (fail_reason === null)) throw new Error(`${key} is ${status}: ${fail_reason}`)
      return [key, fail_reason]
    }),
  )
}

type Failed = Extract<VerdictTruth, { status: 'failed' }>

/** The beginning of the failure reason of an exists, by the fault that was planted in it. */
const reasons: Record<Failed['fault'], RegExp> = {
  'no launch': /^no launch: /,
  flavor: /^launch differs: instance_flavor_id is /,
  tenant: /^launch differs: tenant is /,
  'no delete': /^no delete: /,
  contradicted: /^delete contradicts: /,
}

/** The expected verdicts of all exists with a launched_at, by message id. */
export function expectedVerdicts(truth: Truth): Map<string, VerdictTruth> {
  const all = Object.values(truth.instances).flatMap(({ exists }) => exists)
  return new Map(all.flatMap(({ messageId, verdict }) => (verdict === null ? [] : [[messageId, verdict]])))
}

/** The expected failure reason: null for verified, or a matcher. */
export function expectedReason(verdict: VerdictTruth): unknown {
  return verdict.status === 'verified' ? null : expect.stringMatching(reasons[verdict.fault])
}
