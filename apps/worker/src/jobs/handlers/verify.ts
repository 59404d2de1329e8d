import { setTimeout as sleep } from 'node:timers/promises'
import {
  claimImageExists,
  claimInstanceExists,
  countVerdicts,
  type ExistsRange,
  type ExistsTable,
  enqueueImageExists,
  enqueueInstanceExists,
  inTransaction,
  isPending,
  type Judged,
  type OutboxTargets,
  type Queryable,
  queueVerdicts,
  reopenRange,
  writeVerdicts,
} from '@stacktach/db'
import { type Instant, SECOND, untilAfter, verifyImageExists, verifyInstanceExists } from '@stacktach/domain'
import type { Payload, Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { retryTransient } from './retryTransient.ts'

/** Exists (glance: notifications) that one transaction verifies. A fold that changes their evidence waits for its end. */
const EXISTS_PER_CLAIM = 500

/** How often pending exists of a range, which other processes are verifying, are checked. */
const POLL_INTERVAL_MS = 200

type Tally = Result<'verify-nova'>

/** Verification of the exists of one service. */
interface ServiceVerification {
  table: ExistsTable
  /** Claims exists and returns their verdicts; empty when none is left in the range. */
  judge(context: JobContext, client: Queryable, range: ExistsRange): Promise<Judged[]>
  /** Adds verified exists to the outbox. */
  enqueueOutbox(client: Queryable, verified: readonly number[], now: Instant, targets: OutboxTargets): Promise<void>
}

const nova: ServiceVerification = {
  table: 'instance_exists',
  async judge({ verification, rules }, client, range) {
    const claimed = await claimInstanceExists(client, range, EXISTS_PER_CLAIM, rules)
    return claimed.map(({ id, exists, evidence }) => ({
      id,
      verdict: verifyInstanceExists(exists, evidence, { ...verification, rules }),
    }))
  },
  enqueueOutbox: enqueueInstanceExists,
}

const glance: ServiceVerification = {
  table: 'image_exists',
  async judge({ verification, rules }, client, range) {
    const claimed = await claimImageExists(client, range, EXISTS_PER_CLAIM)
    return claimed.map(({ id, exists, evidence }) => ({
      id,
      verdict: verifyImageExists(exists, evidence, { ...verification, rules }),
    }))
  },
  enqueueOutbox: enqueueImageExists,
}

/**
 * Verifies nova's exists: all due exists, the pending exists of a range, or (`again`) all exists of a range.
 *
 * @returns the verdicts of this run; with `again`, of the whole range
 */
export function verifyNova(context: JobContext, payload: Payload<'verify-nova'>): Promise<Tally> {
  return verify(context, nova, payload)
}

/** The same as verifyNova for glance's exists, counted by image. */
export function verifyGlance(context: JobContext, payload: Payload<'verify-glance'>): Promise<Tally> {
  return verify(context, glance, payload)
}

async function verify(
  context: JobContext,
  service: ServiceVerification,
  { range, again }: Payload<'verify-nova'>,
): Promise<Tally> {
  const { clock, verification } = context
  if (range === null) {
    return verifyPending(context, service, {
      from: null,
      until: untilAfter(clock() - verification.settleSeconds * SECOND),
    })
  }
  if (again) await reopen(context, service, range)
  const tally = await verifyPending(context, service, range)
  // Other processes may be verifying a part of the range: wait for their verdicts, too.
  while (!context.stopping.aborted && (await isPending(context.database.pool, service.table, range))) {
    await sleep(POLL_INTERVAL_MS)
    add(tally, await verifyPending(context, service, range))
  }
  return again ? countVerdicts(context.database.pool, service.table, range) : tally
}

function add(tally: Tally, other: Tally): void {
  tally.verified += other.verified
  tally.failed += other.failed
}

/** Verifies the pending exists of a range, one transaction per claim. */
async function verifyPending(context: JobContext, service: ServiceVerification, range: ExistsRange): Promise<Tally> {
  const tally = { verified: 0, failed: 0 }
  const targets = { broker: context.publishing !== null, webhook: context.webhook !== null }
  while (!context.stopping.aborted) {
    const judged = await retryTransient(() =>
      inTransaction(context.database.pool, async (client) => {
        const verdicts = await service.judge(context, client, range)
        await writeVerdicts(client, service.table, verdicts)
        if (service.table === 'instance_exists') {
          await queueVerdicts(
            client,
            verdicts.map(({ id }) => id),
            context.clock(),
          )
        }
        const verified = verdicts.filter(({ verdict }) => verdict.status === 'verified').map(({ id }) => id)
        if (targets.broker || targets.webhook) {
          await service.enqueueOutbox(client, verified, context.clock(), targets)
        }
        return verdicts
      }),
    )
    if (judged.length === 0) break
    for (const { verdict } of judged) tally[verdict.status]++
  }
  if (tally.verified > 0) {
    if (targets.broker) context.wakeUps.enqueue([{ job: 'publish-verified' }])
    if (targets.webhook) context.wakeUps.enqueue([{ job: 'deliver-webhooks' }])
  }
  return tally
}

/** Makes all exists of a range pending again. */
async function reopen(context: JobContext, service: ServiceVerification, range: ExistsRange): Promise<void> {
  let after: number | null = 0
  while (after !== null && !context.stopping.aborted) {
    const from: number = after
    after = await retryTransient(() => reopenRange(context.database.pool, service.table, range, from, EXISTS_PER_CLAIM))
  }
}
