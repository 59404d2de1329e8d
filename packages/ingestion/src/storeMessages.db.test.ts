import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { type Database, deploymentId, migrate, openDatabase, Partitions } from '@stacktach/db'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Message, readMessages } from './readMessage.ts'
import { storeMessages } from './storeMessages.ts'

/** 2026-11-24 00:00:00 */
const now = 1_795_478_400_000_000

const BATCH = 500

const options = { maxBody: 1_048_576, rules: 'today', controlExchanges: ['openstack'] } as const

let testDatabase: TestDatabase
let database: Database
let transactions: number

beforeEach(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'store', size: 2 })
  // Each transaction acquires one connection.
  database.pool.on('acquire', () => transactions++)
  // No known message is accepted by the parser and rejected by PostgreSQL: a constraint simulates one.
  await database.pool.query(`alter table notification_nova add constraint refusing check (event <> 'refused.event')`)
})

afterEach(async () => {
  await database.close()
  await testDatabase.drop()
})

function batch(name: string, isRefused: (index: number) => boolean): Message[] {
  return Array.from({ length: BATCH }, (_, index) => ({
    exchange: 'nova',
    routingKey: 'notifications.info',
    body: Buffer.from(
      JSON.stringify({
        event_type: isRefused(index) ? 'refused.event' : 'compute.instance.update',
        publisher_id: 'compute.host',
        message_id: `${name}-${index}`,
        timestamp: '2026-11-23 20:05:38',
        payload: { instance_id: `instance-${index % 50}` },
      }),
    ),
  }))
}

test('a batch with rejected rows is halved, and later batches are not affected', async () => {
  const partitions = new Partitions(database.pool, 7)
  const destination = {
    deployment: 'east',
    deploymentId: await deploymentId(database.pool, 'east'),
    shards: 8,
  }
  const cost = async (name: string, isRefused: (index: number) => boolean) => {
    transactions = 0
    const { stored, rejected } = await storeMessages(
      database,
      partitions,
      destination,
      readMessages(batch(name, isRefused), options),
      now,
    )
    return { transactions, stored, rejected }
  }
  await cost('first', () => false)

  expect(await cost('clean', () => false)).toEqual({ transactions: 1, stored: BATCH, rejected: 0 })
  // Nine halvings from 500 to 1 with two transactions each, and one that stores the rejection.
  const one = await cost('one', (index) => index === 137)
  expect(one).toMatchObject({ stored: BATCH - 1, rejected: 1 })
  expect(one.transactions).toBeLessThanOrEqual(2 * 9 + 2)
  const onePercent = await cost('percent', (index) => index % 100 === 37)
  expect(onePercent).toMatchObject({ stored: BATCH - 5, rejected: 5 })
  // The five searches share their first halvings: a sixth of the transactions of storing one by one.
  expect(onePercent.transactions).toBeLessThanOrEqual(BATCH / 6)
  expect(await cost('after', () => false)).toEqual({ transactions: 1, stored: BATCH, rejected: 0 })
  process.stdout.write(
    `of ${BATCH}: 1 refused ${one.transactions}, 5 refused ${onePercent.transactions} transactions\n`,
  )
})

test('each message of an exchange of all services is stored in the table of its service', async () => {
  const partitions = new Partitions(database.pool, 7)
  const destination = { deployment: 'east', deploymentId: await deploymentId(database.pool, 'east'), shards: 8 }
  const message = (event_type: string, publisher_id: string): Message => ({
    exchange: 'openstack',
    routingKey: 'notifications.info',
    body: Buffer.from(JSON.stringify({ event_type, publisher_id, timestamp: '2026-11-23 20:05:38' })),
  })
  const messages = readMessages(
    [
      message('compute.instance.update', 'compute.host'),
      message('image.update', 'image.host'),
      message('volume.create.end', 'volume.host'),
      message('refused.event', 'compute.host'),
      message('volume.delete.end', 'volume.host'),
    ],
    options,
  )
  const counts = await storeMessages(database, partitions, destination, messages, now)
  expect(counts).toMatchObject({ received: 5, stored: 4, rejected: 1, reasons: { 'refused by the database': 1 } })
  const { rows } = await database.pool.query(
    `select 'nova' as table, event from notification_nova
     union all select 'glance', event from notification_glance
     union all select 'generic', event from notification_generic order by 1, 2`,
  )
  expect(rows).toEqual([
    { table: 'generic', event: 'volume.create.end' },
    { table: 'generic', event: 'volume.delete.end' },
    { table: 'glance', event: 'image.update' },
    { table: 'nova', event: 'compute.instance.update' },
  ])
  const { rows: rejected } = await database.pool.query('select exchange from rejected_message')
  expect(rejected).toEqual([{ exchange: 'openstack' }])
})
