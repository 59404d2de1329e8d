import { backloggedShards, dueVerification, isTransient } from '@stacktach/db'
import { SECOND } from '@stacktach/domain'
import type { Component } from '@stacktach/runtime'
import { wakeUpFor } from '../wakeUpFor.ts'
import type { JobContext } from './context.ts'

/** Milliseconds between two looks at what Redis may have forgotten. */
const INTERVAL = 5_000

/** Milliseconds that a look has to end once the process stops. */
const GOODBYE = 500

/**
 * Makes up for all that Redis can lose: puts the schedules back and rings every shard that has a backlog in PostgreSQL. Each
 * jobs process has one, so that the first ring after a wipe never takes longer than this.
 */
export async function startTimer(context: JobContext): Promise<Component<void>> {
  let running: Promise<void> | undefined
  let started = false
  const tick = () => {
    running ??= ringAll(context, !started).then((heard) => {
      started ||= heard
      running = undefined
    })
  }
  tick()
  const timer = setInterval(tick, INTERVAL)
  return {
    value: undefined,
    async stop() {
      clearInterval(timer)
      // With a server that does not answer there is nothing to lose: whoever runs rings again.
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, GOODBYE))])
    },
  }
}

/** Each round is another job, so that while there is much to do, more processes take part in it. */
async function ringVerification({ database, wakeUps, clock, verification, publishing }: JobContext, round: number) {
  const due = await dueVerification(database.pool, clock() - verification.settleSeconds * SECOND)
  if (due.nova) wakeUps.enqueue([{ job: 'verify-nova' }], round)
  if (due.glance) wakeUps.enqueue([{ job: 'verify-glance' }], round)
  if (due.publication && publishing !== null) wakeUps.enqueue([{ job: 'publish-verified' }], round)
}

/**
 * @param atStart asks for the reports that fell due while no process ran, too
 * @returns whether Redis and the database were there
 */
async function ringAll(context: JobContext, atStart: boolean): Promise<boolean> {
  const { database, producer, wakeUps, logger, clock, schedules } = context
  try {
    const shards = await backloggedShards(database.pool)
    const round = Math.floor(clock() / 1000 / INTERVAL)
    wakeUps.enqueue(shards.map(wakeUpFor), round)
    await ringVerification(context, round)
    await producer.schedule([...new Set(schedules.map(({ cron }) => cron))])
    if (atStart) await producer.enqueue('due-reports', {})
    return true
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (isTransient(error)) logger.warn({ reason }, 'the database is away')
    else logger.warn({ reason }, 'could not ring')
    return false
  }
}
