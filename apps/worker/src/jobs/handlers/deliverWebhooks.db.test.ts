import { createSecretKey, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { claimDeliveries, storeOutcomes, webhookState } from '@stacktach/db'
import { DAY, HOUR, MINUTE, SECOND } from '@stacktach/domain'
import { startWebhookReceiver, type WebhookReceiver } from '@stacktach/testing'
import { countRows, enqueuedJobs, foldAll, type JobStack, openStack, storeRows } from '../../testkit/jobStack.ts'
import { MONDAY, novaRow } from '../../testkit/notifications.ts'
import type { JobContext } from '../context.ts'
import { deliverWebhooks } from './deliverWebhooks.ts'
import { verifyNova } from './verify.ts'

const EVENT = 'compute.instance.exists.verified'
const VERIFIED_AT = MONDAY + DAY + 10 * MINUTE
/** For receivers that stall. */
const SHORT_TIMEOUT_MS = 1_000

let stack: JobStack
let context: JobContext
let receiver: WebhookReceiver
/** The clock of the context. */
let now: number

beforeEach(async () => {
  const secret = randomBytes(32)
  receiver = await startWebhookReceiver(secret.toString('base64'))
  stack = await openStack()
  now = VERIFIED_AT
  const webhook = {
    url: receiver.url,
    key: createSecretKey(secret),
    events: { nova: EVENT, glance: 'image.exists.verified' },
  }
  context = { ...stack.context, webhook, clock: () => now }
})

afterEach(async () => {
  await stack.close()
  await receiver.close()
})

/** Fills the outbox with the exists of `count` instances. */
async function fillOutbox(count: number): Promise<void> {
  const facts = { launchedAt: MONDAY, instanceFlavorId: 'small' }
  const period = { auditPeriodBeginning: MONDAY, auditPeriodEnding: MONDAY + DAY }
  const rows = Array.from({ length: count }, (_, index) => [
    novaRow(`server-${index}`, 'create.end', MONDAY + SECOND, { requestId: `req-${index}` }, facts),
    novaRow(`server-${index}`, 'exists', MONDAY + DAY, {}, { ...facts, ...period }),
  ])
  await storeRows(stack, rows.flat())
  await foldAll(stack)
  expect(await verifyNova(context, { range: null, again: false })).toEqual({ verified: count, failed: 0 })
}

const deliver = (timeoutMs?: number) => deliverWebhooks(context, timeoutMs)

async function outboxIds(): Promise<string[]> {
  const { rows } = await stack.database.pool.query<{ message_id: string }>('select message_id from outbox order by 1')
  return rows.map(({ message_id }) => message_id)
}

async function deliveries() {
  const { rows } = await stack.database.pool.query(
    `select attempts, next_attempt_at is not null as pending, delivered_at is not null as delivered, last_error
       from webhook_delivery order by outbox_id`,
  )
  return rows
}

const receivedIds = () => receiver.received.map(({ id }) => id)

test('each verified exists is delivered once, signed, with its ids and the published notification', async () => {
  await fillOutbox(50)
  expect(await enqueuedJobs({ ...stack, context }, 'webhooks')).toEqual(['deliver-webhooks'])
  expect(await webhookState(stack.database.pool)).toEqual({ pending: 50, oldest: VERIFIED_AT })
  expect(await deliver()).toEqual({ delivered: 50, failed: 0 })
  expect(receivedIds().sort()).toEqual(await outboxIds())
  for (const { id, timestamp, body, signed } of receiver.received) {
    expect({ signed, timestamp }).toEqual({ signed: true, timestamp: VERIFIED_AT / SECOND })
    const { original_message_id, ...message } = JSON.parse(body)
    expect(message).toMatchObject({
      id,
      type: EVENT,
      timestamp: expect.stringMatching(/^2026-11-17T00:10:00/),
      data: { event_type: EVENT, message_id: id, original_message_id },
    })
    expect(original_message_id).toMatch(/^message-/)
  }
  expect(await webhookState(stack.database.pool)).toEqual({ pending: 0, oldest: null })
  now += DAY
  expect(await deliver()).toEqual({ delivered: 0, failed: 0 })
  expect(receiver.received).toHaveLength(50)
})

test('without PUBLISH_URL the messages are not for the broker; with it, both get them', async () => {
  await fillOutbox(2)
  expect(await countRows(stack, 'outbox where send_status is null')).toBe(2)
  expect(await countRows(stack, 'instance_exists where send_status = 0')).toBe(2)
  expect(await enqueuedJobs({ ...stack, context }, 'verification')).not.toContain('publish-verified')
  const publishing = {
    url: 'amqp://127.0.0.1:1',
    exchange: 'x',
    routingKeys: ['x'],
    events: { nova: 'a', glance: 'b' },
  }
  context = { ...context, publishing }
  await verifyNova(context, { range: { from: null, until: null }, again: true })
  expect(await countRows(stack, 'outbox where send_status = 0')).toBe(2)
  // The broker is unavailable: that does not matter here.
  expect(await deliver()).toEqual({ delivered: 2, failed: 0 })
  expect(await countRows(stack, 'outbox where send_status = 0')).toBe(2)
})

test('without a webhook nothing is added', async () => {
  const { webhook } = context
  context = { ...context, webhook: null }
  await fillOutbox(1)
  expect(await countRows(stack, 'outbox')).toBe(0)
  context = { ...context, webhook }
  expect(await deliver()).toEqual({ delivered: 0, failed: 0 })
})

test('failures are retried with a growing delay, with the same id and body, until the receiver takes them', async () => {
  receiver.answer((response) => response.writeHead(503).end())
  await fillOutbox(1)
  const due: number[] = []
  for (let attempt = 1; attempt <= 14; attempt++) {
    expect(await deliver()).toEqual({ delivered: 0, failed: 1 })
    expect(await deliveries()).toEqual([{ attempts: attempt, pending: true, delivered: false, last_error: 'HTTP 503' }])
    const { rows } = await stack.database.pool.query('select next_attempt_at from webhook_delivery')
    due.push(rows[0].next_attempt_at - now)
    now = rows[0].next_attempt_at - 1
    expect(await deliver()).toEqual({ delivered: 0, failed: 0 })
    now += 1
  }
  due.forEach((delay, index) => {
    const longest = Math.min(5 * SECOND * 2 ** index, HOUR)
    expect(delay).toBeGreaterThanOrEqual(longest / 2)
    expect(delay).toBeLessThanOrEqual(longest)
  })
  receiver.answer((response) => response.writeHead(204).end())
  expect(await deliver()).toEqual({ delivered: 1, failed: 0 })
  expect(await deliveries()).toEqual([{ attempts: 15, pending: false, delivered: true, last_error: null }])
  expect(new Set(receiver.received.map(({ id, body }) => `${id} ${body}`)).size).toBe(1)
  expect(receiver.received.every(({ signed }) => signed)).toBe(true)
  expect(new Set(receiver.received.map(({ timestamp }) => timestamp)).size).toBeGreaterThan(10)
})

test('a redirect is not followed, and counts as a failure', async () => {
  receiver.answer((response) => response.writeHead(307, { location: receiver.url }).end())
  await fillOutbox(1)
  expect(await deliver()).toEqual({ delivered: 0, failed: 1 })
  expect(receiver.received).toHaveLength(1)
  expect((await deliveries())[0]).toMatchObject({ last_error: 'HTTP 307' })
})

test('a stalled receiver costs one timeout for all messages of a round, and the job ends', async () => {
  receiver.answer(() => {})
  await fillOutbox(30)
  const start = performance.now()
  expect(await deliver(SHORT_TIMEOUT_MS)).toEqual({ delivered: 0, failed: 20 })
  expect(performance.now() - start).toBeLessThan(10 * SHORT_TIMEOUT_MS)
  expect((await deliveries())[0]).toMatchObject({ attempts: 1, pending: true, last_error: 'no answer in time' })
})

test('the answer is read up to a limit, and its end is not awaited', async () => {
  receiver.answer((response) => {
    response.writeHead(200)
    const pump = setInterval(() => response.write(Buffer.alloc(1_000_000)), 1)
    response.on('close', () => clearInterval(pump))
  })
  await fillOutbox(1)
  expect(await deliver()).toEqual({ delivered: 1, failed: 0 })
  now += DAY
  receiver.answer((response) => response.writeHead(200).write('never ends'))
  await stack.database.pool.query('update webhook_delivery set delivered_at = null, next_attempt_at = 0')
  expect(await deliver(SHORT_TIMEOUT_MS)).toEqual({ delivered: 1, failed: 0 })
})

test('an unavailable receiver fails the attempts; the log shows neither URL nor secret', async () => {
  await fillOutbox(1)
  const lines: unknown[] = []
  const { webhook, logger } = context
  if (webhook === null) throw new Error('there is a webhook')
  const spied = Object.assign(Object.create(logger), { warn: (...line: unknown[]) => lines.push(line) })
  context = { ...context, webhook: { ...webhook, url: 'http://127.0.0.1:1/?token=hunter2' }, logger: spied }
  expect(await deliver()).toEqual({ delivered: 0, failed: 1 })
  expect(lines).toEqual([
    [
      { receiver: '127.0.0.1:1', reason: expect.any(String), delivered: 0, failed: 1 },
      'webhook deliveries failed, retrying later',
    ],
  ])
  expect(JSON.stringify([lines, await deliveries()])).not.toContain('hunter2')
})

test('after a crash between answer and storage, the same id is sent again once the lease ended', async () => {
  await fillOutbox(2)
  // The attempt of a process that was killed.
  await claimDeliveries(stack.database.pool, 10, now, now + 30 * SECOND)
  expect(await deliver()).toEqual({ delivered: 0, failed: 0 })
  now += 31 * SECOND
  expect(await deliver()).toEqual({ delivered: 2, failed: 0 })
  expect(receivedIds().sort()).toEqual(await outboxIds())
})

test('a late success counts, and a late failure does not undo a later attempt', async () => {
  await fillOutbox(1)
  const first = await claimDeliveries(stack.database.pool, 10, now, now)
  const second = await claimDeliveries(stack.database.pool, 10, now, now + 30 * SECOND)
  const [id = 0] = (first ?? []).map((message) => message.id)
  expect((second ?? []).map(({ attempt }) => attempt)).toEqual([2])
  await storeOutcomes(stack.database.pool, [{ id, attempt: 1, error: 'late', nextAttemptAt: now }], now)
  expect((await deliveries())[0]).toMatchObject({ last_error: null, pending: true })
  await storeOutcomes(stack.database.pool, [{ id, attempt: 1, error: null, nextAttemptAt: null }], now)
  await storeOutcomes(stack.database.pool, [{ id, attempt: 2, error: 'timeout', nextAttemptAt: now }], now)
  expect(await deliveries()).toEqual([{ attempts: 2, pending: false, delivered: true, last_error: null }])
})

test('concurrent jobs send each message once', async () => {
  await fillOutbox(100)
  const runs = await Promise.all([1, 2, 3].map(() => deliver()))
  expect(runs.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(100)
  expect(receivedIds().sort()).toEqual(await outboxIds())
})

test('a stopping process ends its attempts, which are due at once', async () => {
  receiver.answer(() => {})
  await fillOutbox(1)
  const stopping = new AbortController()
  const running = deliverWebhooks({ ...context, stopping: stopping.signal })
  while (receiver.received.length === 0) await sleep(10)
  stopping.abort()
  await running
  expect((await deliveries())[0]).toMatchObject({ pending: true, last_error: 'the process stopped' })
  receiver.answer((response) => response.writeHead(200).end())
  expect(await deliver()).toEqual({ delivered: 1, failed: 0 })
})

test('an exists that is not verified any more is suspended, and resumed by its next verdict', async () => {
  await fillOutbox(2)
  await stack.database.pool.query(`update instance_exists set status = 'pending' where instance = 'server-0'`)
  expect(await deliver()).toEqual({ delivered: 1, failed: 0 })
  expect(await deliveries()).toContainEqual({
    attempts: 0,
    pending: false,
    delivered: false,
    last_error: 'its exists is not verified any more',
  })
  expect(await webhookState(stack.database.pool)).toEqual({ pending: 0, oldest: null })
  await verifyNova(context, { range: null, again: false })
  expect(await deliver()).toEqual({ delivered: 1, failed: 0 })
  expect(receivedIds().sort()).toEqual(await outboxIds())
})
