import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { inTransaction } from '@stacktach/db'
import { DAY, MINUTE, type NovaRow, SECOND } from '@stacktach/domain'
import {
  countRows,
  enqueuedJobs,
  foldAll,
  type JobStack,
  killBlockedStatement,
  openStack,
  storeRows,
} from '../../testkit/jobStack.ts'
import { MONDAY, novaRow } from '../../testkit/notifications.ts'
import type { JobContext } from '../context.ts'
import { verifyNova } from './verify.ts'

const ALL_DUE = { range: null, again: false }
const RANGE = { range: { from: MONDAY, until: MONDAY + 2 * DAY }, again: false }
const publishing = {
  url: 'amqp://unused',
  exchange: 'stacktach',
  routingKeys: ['notifications.info'],
  events: { nova: 'compute.instance.exists.verified', glance: 'image.exists.verified' },
}

let stack: JobStack
let context: JobContext

beforeEach(async () => {
  stack = await openStack()
  context = { ...stack.context, clock: () => MONDAY + DAY + 10 * MINUTE }
})

afterEach(() => stack.close())

/** Notifications of the launch and of the exists of the first day. */
function launchAndExists(instance: string, existsFlavor = 'small'): NovaRow[] {
  const period = { auditPeriodBeginning: MONDAY, auditPeriodEnding: MONDAY + DAY }
  const facts = { launchedAt: MONDAY + SECOND }
  const requestId = `req-${instance}`
  return [
    novaRow(instance, 'create.start', MONDAY, { requestId }, { instanceFlavorId: 'small' }),
    novaRow(instance, 'create.end', MONDAY + SECOND, { requestId }, { ...facts, instanceFlavorId: 'small' }),
    novaRow(instance, 'exists', MONDAY + DAY, {}, { ...facts, ...period, instanceFlavorId: existsFlavor }),
  ]
}

/** Stores and folds valid exists, and one whose flavor differs from that of its launch. */
async function storeExists(valid: number): Promise<void> {
  const instances = Array.from({ length: valid }, (_, index) => launchAndExists(`valid-${index}`))
  await storeRows(stack, [...instances.flat(), ...launchAndExists('invalid', 'large')])
  await foldAll(stack)
}

async function statuses(): Promise<Record<string, string>> {
  const { rows } = await stack.database.pool.query<{ instance: string; status: string }>(
    'select instance, status from instance_exists',
  )
  return Object.fromEntries(rows.map(({ instance, status }) => [instance, status]))
}

test('due exists are verified or failed with a reason', async () => {
  await storeExists(2)
  expect(await verifyNova(context, ALL_DUE)).toEqual({ verified: 2, failed: 1 })
  expect(await statuses()).toEqual({ 'valid-0': 'verified', 'valid-1': 'verified', invalid: 'failed' })
  const { rows } = await stack.database.pool.query(`select fail_reason from instance_exists where status = 'failed'`)
  expect(rows).toEqual([{ fail_reason: expect.stringContaining('launch differs') }])
  expect(await verifyNova(context, ALL_DUE)).toEqual({ verified: 0, failed: 0 })
})

test('exists whose audit period ended less than settleSeconds ago stay pending', async () => {
  await storeExists(1)
  const early = { ...context, clock: () => MONDAY + DAY + 4 * MINUTE }
  expect(await verifyNova(early, ALL_DUE)).toEqual({ verified: 0, failed: 0 })
  expect(await verifyNova(early, RANGE)).toEqual({ verified: 1, failed: 1 })
})

describe('publishing', () => {
  test('adds verified exists to the outbox and wakes up the job that sends them', async () => {
    await storeExists(2)
    await verifyNova({ ...context, publishing }, ALL_DUE)
    const { rows } = await stack.database.pool.query<{ original_message_id: string }>(
      'select original_message_id from outbox where send_status = 0',
    )
    expect(rows).toHaveLength(2)
    expect(await enqueuedJobs(stack, 'verification')).toContain('publish-verified')
  })

  test('is off without PUBLISH_URL', async () => {
    await storeExists(1)
    await verifyNova(context, ALL_DUE)
    expect(await countRows(stack, 'outbox')).toBe(0)
    expect(await enqueuedJobs(stack, 'verification')).not.toContain('publish-verified')
  })

  test('a verdict and its outbox message are committed together', async () => {
    await storeExists(1)
    await stack.database.pool.query('alter table outbox add constraint refuse_all check (false) not valid')
    await expect(verifyNova({ ...context, publishing }, ALL_DUE)).rejects.toThrow('refuse_all')
    expect(await countRows(stack, `instance_exists where status = 'pending'`)).toBe(2)
  })
})

test('a range is verified again on request only, and the result counts the whole range', async () => {
  await storeExists(1)
  await verifyNova(context, ALL_DUE)
  await stack.database.pool.query(`update instance_launch set instance_flavor_id = 'large'`)
  expect(await verifyNova(context, RANGE)).toEqual({ verified: 0, failed: 0 })
  expect(await verifyNova(context, { ...RANGE, again: true })).toEqual({ verified: 1, failed: 1 })
  expect(await statuses()).toEqual({ 'valid-0': 'failed', invalid: 'verified' })
})

test('concurrent runs give each exists one verdict', async () => {
  await storeExists(1_100)
  const runs = await Promise.all([1, 2, 3].map(() => verifyNova(context, ALL_DUE)))
  expect(runs.reduce((sum, { verified }) => sum + verified, 0)).toBe(1_100)
  expect(runs.reduce((sum, { failed }) => sum + failed, 0)).toBe(1)
})

test('a range waits for the exists that another process is verifying', async () => {
  await storeExists(1)
  let done = false
  let run = Promise.resolve({ verified: 0, failed: 0 })
  await inTransaction(stack.database.pool, async (client) => {
    await client.query(`select from instance_exists where instance = 'valid-0' for update`)
    run = verifyNova(context, RANGE).finally(() => {
      done = true
    })
    await sleep(600)
    expect(done).toBe(false)
    expect(await statuses()).toEqual({ 'valid-0': 'pending', invalid: 'failed' })
  })
  expect(await run).toEqual({ verified: 1, failed: 1 })
})

test('a transaction whose connection is lost is rolled back and retried', async () => {
  await storeExists(2)
  let run = Promise.resolve({ verified: 0, failed: 0 })
  await inTransaction(stack.database.pool, async (client) => {
    await client.query('lock table instance_launch in access exclusive mode')
    run = verifyNova(context, ALL_DUE)
    await killBlockedStatement(stack)
  })
  expect(await run).toEqual({ verified: 2, failed: 1 })
})

test('a stopping process leaves the exists pending', async () => {
  await storeExists(1)
  const stopped = { ...context, stopping: AbortSignal.abort() }
  expect(await verifyNova(stopped, ALL_DUE)).toEqual({ verified: 0, failed: 0 })
  expect(await countRows(stack, `instance_exists where status = 'pending'`)).toBe(2)
})
