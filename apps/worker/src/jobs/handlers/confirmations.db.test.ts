import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openPublisher } from '@stacktach/broker'
import { confirmExists, countContradicted, type ExistsVerdict, listExists, repairExists } from '@stacktach/db'
import { DAY, MINUTE, SECOND } from '@stacktach/domain'
import { createTestVhost, type TestVhost } from '@stacktach/testing'
import { countRows, foldAll, type JobStack, openStack, storeRows } from '../../testkit/jobStack.ts'
import { MONDAY, novaRow } from '../../testkit/notifications.ts'
import type { JobContext } from '../context.ts'
import { publishVerified } from './publishVerified.ts'
import { verifyNova } from './verify.ts'

const ALL_DUE = { range: null, again: false }

let stack: JobStack
let context: JobContext
let vhost: TestVhost

beforeEach(async () => {
  vhost = await createTestVhost()
  const connection = await vhost.connect()
  const channel = await connection.createChannel()
  await channel.assertExchange('verified', 'topic', { durable: true })
  await channel.assertQueue('billing')
  await channel.bindQueue('billing', 'verified', '#')
  await connection.close()
  stack = await openStack()
  const publishing = {
    url: vhost.url,
    exchange: 'verified',
    routingKeys: ['notifications.info'],
    events: { nova: 'compute.instance.exists.verified', glance: 'image.exists.verified' },
  }
  context = { ...stack.context, publishing, clock: () => MONDAY + DAY + 10 * MINUTE }
})

afterEach(async () => {
  await stack.close()
  await vhost.drop()
})

/** Stores an instance with an exists, which is wrong if its flavor is not small. */
async function storeExists(instance: string, flavor = 'small'): Promise<string> {
  const launchedAt = MONDAY + SECOND
  const period = { auditPeriodBeginning: MONDAY, auditPeriodEnding: MONDAY + DAY }
  await storeRows(stack, [
    novaRow(
      instance,
      'create.end',
      launchedAt,
      { requestId: `req-${instance}` },
      { launchedAt, instanceFlavorId: 'small' },
    ),
    novaRow(instance, 'exists', MONDAY + DAY, {}, { launchedAt, ...period, instanceFlavorId: flavor }),
  ])
  await foldAll(stack)
  const { rows } = await stack.database.pool.query<{ message_id: string }>(
    'select message_id from instance_exists where instance = $1',
    [instance],
  )
  return rows[0]?.message_id ?? ''
}

/** Status, send status and confirm status of each exists, by instance. */
async function existsRows(): Promise<unknown[][]> {
  const { rows } = await stack.database.pool.query({
    text: 'select instance, status, send_status, confirm_status, event_id from instance_exists order by instance',
    rowMode: 'array',
  })
  return rows
}

async function contradicted(): Promise<ExistsVerdict[]> {
  const rows: ExistsVerdict[] = []
  await listExists(stack.database, { contradicted: true, limit: 10 }, (batch) => rows.push(...batch))
  expect(await countContradicted(stack.database.pool, 'nova')).toBe(rows.length)
  return rows
}

const confirm = (messageId: string, status: number, eventId?: string) =>
  confirmExists(stack.database, 'nova', [{ messageId, status, eventId }], context.clock())

test('a confirmation before the broker’s is kept', async () => {
  const messageId = await storeExists('a')
  await verifyNova(context, ALL_DUE)
  // The billing system is faster than the transaction that records the broker's confirm.
  const result = await publishVerified(context, async (options) => {
    const publisher = await openPublisher(options)
    return {
      ...publisher,
      async send(messages) {
        const returned = await publisher.send(messages)
        expect(await confirm(messageId, 400, 'urn:1')).toEqual([])
        return returned
      },
    }
  })
  expect(result).toEqual({ sent: 1, unroutable: 0 })
  expect(await existsRows()).toEqual([['a', 'verified', 201, 400, 'urn:1']])
})

test('a confirmation survives a later verdict, which is then contradicted', async () => {
  const messageId = await storeExists('a')
  // Without PUBLISH_URL only the billing system has it.
  const unpublished = { ...context, publishing: null }
  await verifyNova(unpublished, ALL_DUE)
  expect(await confirm(messageId, 201, 'urn:1')).toEqual([])
  expect(await contradicted()).toEqual([])
  await stack.database.pool.query(`update instance_launch set instance_flavor_id = 'large'`)
  await verifyNova(unpublished, { range: { from: MONDAY, until: MONDAY + 2 * DAY }, again: true })
  expect(await existsRows()).toEqual([['a', 'failed', 0, 201, 'urn:1']])
  expect(await contradicted()).toMatchObject([{ messageId, status: 'failed', sendStatus: 0, confirmStatus: 201 }])
  // The billing system says that it has withdrawn it.
  await confirm(messageId, 410)
  expect(await existsRows()).toEqual([['a', 'failed', 0, 410, 'urn:1']])
  expect(await contradicted()).toEqual([])
})

test('a published exists that the billing system refused is contradicted, too', async () => {
  const messageId = await storeExists('a')
  await verifyNova(context, ALL_DUE)
  await publishVerified(context)
  await confirm(messageId, 500)
  await stack.database.pool.query(`update instance_launch set instance_flavor_id = 'large'`)
  await verifyNova(context, { range: { from: MONDAY, until: MONDAY + 2 * DAY }, again: true })
  expect(await contradicted()).toMatchObject([{ messageId, sendStatus: 201, confirmStatus: 500 }])
})

test('repaired exists are verified and not published', async () => {
  const [right, wrong, other] = [await storeExists('a'), await storeExists('b', 'large'), await storeExists('c')]
  expect(await repairExists(stack.database, 'nova', [right, wrong], context.clock())).toEqual({
    absent: [],
    notPending: [],
  })
  expect(await existsRows()).toEqual([
    ['a', 'pending', 0, 201, null],
    ['b', 'pending', 0, 201, null],
    ['c', 'pending', 0, null, null],
  ])
  expect(await verifyNova(context, ALL_DUE)).toEqual({ verified: 2, failed: 1 })
  expect(await countRows(stack, 'outbox where send_status = 0')).toBe(1)
  expect(await publishVerified(context)).toEqual({ sent: 1, unroutable: 0 })
  expect(await existsRows()).toEqual([
    ['a', 'verified', 0, 201, null],
    ['b', 'failed', 0, 201, null],
    ['c', 'verified', 201, null, null],
  ])
  expect(await contradicted()).toMatchObject([{ messageId: wrong, status: 'sent_failed' }])
  expect(await repairExists(stack.database, 'nova', [right, wrong, other], context.clock())).toEqual({
    absent: [],
    notPending: [right, wrong, other],
  })
})

test('a repair while the exists is being verified waits for the verdict', async () => {
  const messageId = await storeExists('a')
  const client = await stack.database.pool.connect()
  try {
    await client.query('begin')
    await client.query('select from instance_exists for update')
    const repaired = repairExists(stack.database, 'nova', [messageId], context.clock())
    await client.query(`update instance_exists set status = 'verified'`)
    await client.query('commit')
    expect(await repaired).toEqual({ absent: [], notPending: [messageId] })
  } finally {
    client.release()
  }
  expect(await existsRows()).toEqual([['a', 'verified', 0, null, null]])
})

test('confirmations, folds and publications at once all end', async () => {
  const messageIds: string[] = []
  for (let index = 0; index < 30; index++) messageIds.push(await storeExists(`i-${index}`))
  await Promise.all([
    ...[0, 1, 2].map(async (round) => {
      const order = round === 1 ? [...messageIds].reverse() : messageIds
      const confirmations = order.map((messageId) => ({ messageId, status: 201 + round }))
      expect(await confirmExists(stack.database, 'nova', confirmations, context.clock())).toEqual([])
    }),
    verifyNova(context, ALL_DUE).then(() => publishVerified(context)),
    stack.database.pool.query(
      `update instance_exists set host = 'x' where id in (select id from instance_exists order by id desc)`,
    ),
  ])
  // Exists that were locked at that moment were skipped.
  await verifyNova(context, ALL_DUE)
  await publishVerified(context)
  expect(
    await countRows(stack, `instance_exists where confirm_status between 201 and 203 and status = 'verified'`),
  ).toBe(30)
  expect(await countRows(stack, 'instance_exists where send_status = 201')).toBe(30)
})
