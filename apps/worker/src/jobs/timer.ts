import { backloggedShards, dueVerification, isDeliveryDue, isTransient } from '@stacktach/db'
import { SECOND } from '@stacktach/domain'
import { type Component, messageOf, settleWithin } from '@stacktach/runtime'
import { wakeUpFor } from '../wakeUpFor.ts'
import type { JobContext } from './context.ts'

/** How often schedules and wake-ups that Redis lost are restored. */
const INTERVAL_MS = 5_000

/** How long a stopping process waits for a running check. */
const STOP_TIMEOUT_MS = 500

/**
 * Restores what Redis can lose: recreates the schedules and enqueues a wake-up for every shard that has a backlog in
 * PostgreSQL. It runs in each jobs process, so that the first wake-up after a loss takes at most one interval.
 */
export async function startTimer(context: JobContext): Promise<Component<void>> {
  let running: Promise<void> | undefined
  let started = false
  const tick = () => {
    running ??= wakeUpAll(context, !started).then((complete) => {
      started ||= complete
      running = undefined
    })
  }
  tick()
  const timer = setInterval(tick, INTERVAL_MS)
  return {
    value: undefined,
    async stop() {
      clearInterval(timer)
      // Nothing is lost if a server does not respond: the other processes check, too.
      if (running !== undefined) await settleWithin(running, STOP_TIMEOUT_MS)
    },
  }
}

/** A job of each generation is added, so that more processes take part while many exists are due. */
async function wakeUpVerification(
  { database, wakeUps, clock, verification, publishing }: JobContext,
  generation: number,
) {
  const due = await dueVerification(database.pool, clock() - verification.settleSeconds * SECOND)
  if (due.nova) wakeUps.enqueue([{ job: 'verify-nova' }], generation)
  if (due.glance) wakeUps.enqueue([{ job: 'verify-glance' }], generation)
  if (due.outbox && publishing !== null) wakeUps.enqueue([{ job: 'publish-verified' }], generation)
}

/** A job that is already waiting is enough: it sends all that is due, and a new one every few seconds would only pile up. */
async function wakeUpDeliveries({ database, wakeUps, clock, webhook }: JobContext) {
  if (webhook !== null && (await isDeliveryDue(database.pool, clock()))) wakeUps.enqueue([{ job: 'deliver-webhooks' }])
}

/**
 * @param atStart whether to also enqueue the reports that became due while no process ran
 * @returns whether Redis and the database were available
 */
async function wakeUpAll(context: JobContext, atStart: boolean): Promise<boolean> {
  const { database, producer, wakeUps, logger, clock, schedules } = context
  try {
    const shards = await backloggedShards(database.pool)
    const generation = Math.floor(clock() / 1000 / INTERVAL_MS)
    wakeUps.enqueue(shards.map(wakeUpFor), generation)
    await wakeUpVerification(context, generation)
    await wakeUpDeliveries(context)
    await producer.schedule([...new Set(schedules.map(({ cron }) => cron))])
    if (atStart) await producer.enqueue('due-reports', {})
    return true
  } catch (error) {
    const reason = messageOf(error)
    if (isTransient(error)) logger.warn({ reason }, 'database unavailable')
    else logger.warn({ reason }, 'could not enqueue wake-ups')
    return false
  }
}
