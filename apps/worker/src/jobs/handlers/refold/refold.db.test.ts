import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DAY, MINUTE } from '@stacktach/domain'
import type { Message } from '@stacktach/ingestion'
import type { Progress } from '@stacktach/jobs'
import { everyAggregate } from '@stacktach/testing'
import { foldAll, type JobStack, openStack } from '../../../testkit/jobStack.ts'
import { MONDAY } from '../../../testkit/notifications.ts'
import { degradeAggregates, degradeNotifications, messagesOfAllKinds, storeAll } from '../../../testkit/oldVersion.ts'
import { applyRetention } from '../retention.ts'
import { verifyGlance, verifyNova } from '../verify.ts'
import { refold } from './refold.ts'

let fresh: JobStack
let stack: JobStack

beforeEach(async () => {
  fresh = await openStack()
  stack = await openStack()
})

afterEach(async () => {
  await fresh.close()
  await stack.close()
})

const messages = messagesOfAllKinds()

async function verifyAll({ context }: JobStack): Promise<void> {
  await verifyNova(context, { range: null, again: false })
  await verifyGlance(context, { range: null, again: false })
}

/** Stores, folds and verifies messages by the current rules. */
async function build(target: JobStack, stored: readonly Message[]): Promise<void> {
  await storeAll(target, stored)
  await foldAll(target)
  await verifyAll(target)
}

/** Stores, folds and verifies messages as an earlier version did. */
async function buildOld(target: JobStack, stored: readonly Message[]): Promise<void> {
  await storeAll(target, stored)
  await degradeNotifications(target)
  await foldAll(target)
  await verifyAll(target)
  await degradeAggregates(target)
}

/** Columns of the stored notifications that are derived from the original. */
async function derived({ database }: JobStack): Promise<string[]> {
  const { rows } = await database.pool.query<{ row: string }>(`
    select to_jsonb(n) - 'id' - 'json' || jsonb_build_object('facts', facts) #>> '{}' as row from notification_nova n
    union all select to_jsonb(n) - 'id' - 'json' #>> '{}' from notification_glance n
    union all select to_jsonb(n) - 'id' - 'json' #>> '{}' from notification_generic n`)
  return rows.map(({ row }) => row).sort()
}

async function expectSame(): Promise<void> {
  expect(await derived(stack)).toEqual(await derived(fresh))
  expect(await everyAggregate(stack.database)).toEqual(await everyAggregate(fresh.database))
}

function progressFrom(previous: unknown = 0): Progress {
  return { previous, report: async () => {} }
}

test('a database of an earlier version becomes the same as one built by the current rules', async () => {
  await build(fresh, messages)
  await buildOld(stack, messages)
  expect(await everyAggregate(stack.database)).not.toEqual(await everyAggregate(fresh.database))
  const result = await refold(stack.context, progressFrom())
  expect(result.notifications).toBe(messages.length)
  expect(result.changed).toBeGreaterThan(50)
  expect(result.unreadable).toBe(0)
  await foldAll(stack)
  await verifyAll(stack)
  await expectSame()
  expect(await refold(stack.context, progressFrom())).toMatchObject({ notifications: messages.length, changed: 0 })
  await foldAll(stack)
  await verifyAll(stack)
  await expectSame()
})

test('killed before or after each report, it resumes there', async () => {
  await build(fresh, messages)
  await buildOld(stack, messages)
  let previous: unknown = 0
  let reports = 0
  let kills = 0
  for (;;) {
    const attempt: Progress = {
      previous,
      async report(progress) {
        reports++
        if (reports % 2 === 0) previous = progress
        kills++
        throw new Error('killed')
      },
    }
    try {
      const result = await refold(stack.context, attempt)
      expect(result).toMatchObject({ notifications: messages.length, unreadable: 0 })
      break
    } catch (error) {
      if (!(error instanceof Error) || error.message !== 'killed') throw error
    }
  }
  expect(kills).toBeGreaterThan(20)
  await foldAll(stack)
  await verifyAll(stack)
  await expectSame()
})

test('notifications that arrive meanwhile do not change the result', async () => {
  await build(fresh, messages)
  const old = messages.filter((_, index) => index % 3 !== 0)
  const arriving = messages.filter((_, index) => index % 3 === 0)
  await buildOld(stack, old)
  let isDone = false
  const ingest = async () => {
    for (let from = 0; from < arriving.length; from += 20) await storeAll(stack, arriving.slice(from, from + 20))
  }
  const folds = async () => {
    while (!isDone) {
      await foldAll(stack)
      await verifyAll(stack)
    }
  }
  const folding = folds()
  await Promise.all([refold(stack.context, progressFrom()), ingest()]).finally(() => {
    isDone = true
  })
  await folding
  await foldAll(stack)
  await verifyAll(stack)
  await expectSame()
})

test('after a change of RULES the database becomes the same as one built by the new rules', async () => {
  const stacktach = (target: JobStack): JobStack => ({ ...target, context: { ...target.context, rules: 'stacktach' } })
  await build(stacktach(fresh), messages)
  await build(stack, messages)
  const changed = stacktach(stack)
  await refold(changed.context, progressFrom())
  await foldAll(changed)
  await verifyAll(changed)
  await expectSame()
})

test('aggregates of dropped notifications stay', async () => {
  await build(stack, messages)
  const before = await everyAggregate(stack.database)
  const prune = { before: MONDAY + 7 * DAY + 20 * 60 * MINUTE, service: null }
  const { partitions } = await applyRetention(stack.context, prune)
  expect(partitions.length).toBeGreaterThan(2)
  const pruned = await everyAggregate(stack.database)
  expect(pruned.instance_launch).toEqual(before.instance_launch)
  const result = await refold(stack.context, progressFrom())
  expect(result.notifications).toBeLessThan(messages.length)
  await foldAll(stack)
  await verifyAll(stack)
  expect(await everyAggregate(stack.database)).toEqual(pruned)
})

test('a published exists is not published again', async () => {
  const publishing = {
    url: '',
    exchange: 'verified',
    routingKeys: ['notifications.info'],
    events: { nova: 'nova', glance: 'glance' },
  }
  const publisher = { ...stack, context: { ...stack.context, publishing } }
  await build(publisher, messages)
  const { database } = stack
  await database.pool.query('update outbox set send_status = 201')
  const outbox = async () => (await database.pool.query('select * from outbox order by id')).rows
  const published = await outbox()
  expect(published.length).toBeGreaterThan(5)
  await refold(publisher.context, progressFrom())
  expect(await outbox()).toEqual(published)
})

test('a stopping process fails the attempt', async () => {
  await build(stack, messages.slice(0, 10))
  await expect(refold({ ...stack.context, stopping: AbortSignal.abort() }, progressFrom())).rejects.toThrow(
    'the next attempt resumes',
  )
})
