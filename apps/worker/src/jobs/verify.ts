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
  type Queryable,
  reopenRange,
  writeVerdicts,
} from '@stacktach/db'
import { type Instant, SECOND, untilAfter, verifyImageExists, verifyInstanceExists } from '@stacktach/domain'
import type { Payload } from '@stacktach/jobs'
import type { JobContext } from './context.ts'
import { retryOnce } from './foldBacklog.ts'

/** Exists (glance: notifications) verified in one transaction. A fold that changes their evidence waits for it. */
const EXISTS_PER_CLAIM = 500

/** How often exists that other processes are verifying are checked. */
const POLL_INTERVAL_MS = 200

interface Tally {
  verified: number
  failed: number
}

/** How the exists of one service are verified. */
interface Kind {
  table: ExistsTable
  judge(context: JobContext, client: Queryable, range: ExistsRange): Promise<Judged[]>
  publish(client: Queryable, verified: readonly number[], now: Instant): Promise<void>
}

const nova: Kind = {
  table: 'instance_exists',
  async judge({ verification, rules }, client, range) {
    const claimed = await claimInstanceExists(client, range, EXISTS_PER_CLAIM)
    return claimed.map(({ id, exists, evidence }) => ({
      id,
      verdict: verifyInstanceExists(exists, evidence, { ...verification, rules }),
    }))
  },
  publish: enqueueInstanceExists,
}

const glance: Kind = {
  table: 'image_exists',
  async judge({ verification, rules }, client, range) {
    const claimed = await claimImageExists(client, range, EXISTS_PER_CLAIM)
    return claimed.map(({ id, exists, evidence }) => ({
      id,
      verdict: verifyImageExists(exists, evidence, { ...verification, rules }),
    }))
  },
  publish: enqueueImageExists,
}

/**
 * Verifies nova's exists: those that are due, the pending ones of a range, or (`again`) all of a range.
 *
 * @returns verified and failed exists of this run; with `again`, of the whole range
 */
export function verifyNova(context: JobContext, payload: Payload<'verify-nova'>): Promise<Tally> {
  return verify(context, nova, payload)
}

/** Same as verifyNova for glance's exists, counted by image. */
export function verifyGlance(context: JobContext, payload: Payload<'verify-glance'>): Promise<Tally> {
  return verify(context, glance, payload)
}

async function verify(context: JobContext, kind: Kind, { range, again }: Payload<'verify-nova'>): Promise<Tally> {
  const { clock, verification } = context
  if (range === null)
    return verifyPending(context, kind, {
      from: null,
      until: untilAfter(clock() - verification.settleSeconds * SECOND),
    })
  if (again) await reopen(context, kind, range)
  const tally = await verifyPending(context, kind, range)
  // Other processes may be verifying some of the range; wait for their verdicts, too.
  while (!context.stopping.aborted && (await isPending(context.database.pool, kind.table, range))) {
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS))
    add(tally, await verifyPending(context, kind, range))
  }
  return again ? countVerdicts(context.database.pool, kind.table, range) : tally
}

function add(tally: Tally, more: Tally): void {
  tally.verified += more.verified
  tally.failed += more.failed
}

async function verifyPending(context: JobContext, kind: Kind, range: ExistsRange): Promise<Tally> {
  const tally = { verified: 0, failed: 0 }
  while (!context.stopping.aborted) {
    const judged = await retryOnce(() =>
      inTransaction(context.database.pool, async (client) => {
        const verdicts = await kind.judge(context, client, range)
        await writeVerdicts(client, kind.table, verdicts)
        const verified = verdicts.filter(({ verdict }) => verdict.status === 'verified').map(({ id }) => id)
        if (context.publishing !== null) await kind.publish(client, verified, context.clock())
        return verdicts
      }),
    )
    if (judged.length === 0) break
    for (const { verdict } of judged) tally[verdict.status]++
  }
  if (tally.verified > 0 && context.publishing !== null) context.wakeUps.enqueue([{ job: 'publish-verified' }])
  return tally
}

async function reopen(context: JobContext, kind: Kind, range: ExistsRange): Promise<void> {
  let after: number | null = 0
  while (after !== null && !context.stopping.aborted) {
    const from: number = after
    after = await retryOnce(() => reopenRange(context.database.pool, kind.table, range, from, EXISTS_PER_CLAIM))
  }
}
