import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { publish, startWebhookReceiver, type TestProcess, type WebhookReceiver } from '@stacktach/testing'
import { createEnd, exists } from './instanceMessages.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'
import { allVerified } from './verdicts.ts'

const INSTANCES = 60

const secret = randomBytes(32).toString('base64')
let pipeline: Pipeline
let receiver: WebhookReceiver
let secretFile: string

beforeAll(async () => {
  receiver = await startWebhookReceiver(secret)
  pipeline = await startPipeline(['cloud'], { VERIFY_SETTLE_SECONDS: '0' })
  secretFile = join(tmpdir(), `${pipeline.vhost.name}.secret`)
  await writeFile(secretFile, `whsec_${secret}\n`)
  Object.assign(pipeline.environment, {
    PUBLISH_WEBHOOK_URL: receiver.url,
    PUBLISH_WEBHOOK_SECRET_FILE: secretFile,
  })
})

afterAll(async () => {
  await pipeline.stop()
  await receiver.close()
  await rm(secretFile)
})

test('with a receiver that fails and stalls, and jobs killed while sending, each exists is delivered', async () => {
  // Every third message fails, every third stalls.
  let messages = 0
  receiver.answer((response) => {
    messages++
    if (messages % 3 === 0) response.writeHead(500).end()
    else if (messages % 3 === 1) response.writeHead(200).end()
  })
  await pipeline.start('ingest')
  const logs: TestProcess[] = [await pipeline.start('jobs')]
  const names = Array.from({ length: INSTANCES }, (_, index) => `server-${index}`)
  await pipeline.settled(
    await publish(
      pipeline.vhost,
      names.flatMap((name) => [createEnd(name), exists(name)]),
    ),
  )
  await allVerified(pipeline.database)
  for (let kill = 1; kill <= 3; kill++) {
    const before = receiver.received.length
    await until(() => receiver.received.length > before, 60_000, 'messages are being sent')
    await logs.at(-1)?.stop('SIGKILL')
    logs.push(await pipeline.start('jobs'))
  }
  receiver.answer((response) => response.writeHead(200).end())
  const pending = async () => {
    const { rows } = await pipeline.database.pool.query<{ pending: number }>(
      'select count(*) as pending from webhook_delivery where delivered_at is null',
    )
    return Number(rows[0]?.pending)
  }
  await until(
    async () => (await pending()) === 0,
    120_000,
    async () => `all delivered: ${await pending()} pending`,
  )
  const { rows } = await pipeline.database.pool.query<{ message_id: string }>(
    'select message_id from outbox order by message_id',
  )
  expect(rows).toHaveLength(INSTANCES)
  expect([...new Set(receiver.accepted)].sort()).toEqual(rows.map(({ message_id }) => message_id))
  expect(receiver.received.every(({ signed }) => signed)).toBe(true)
  // A repeated message has its id and its body.
  expect(new Set(receiver.received.map(({ id, body }) => `${id} ${body}`)).size).toBe(INSTANCES)
  const output = logs.map((log) => log.output()).join('')
  expect(output).not.toContain(secret)
  expect(output).not.toContain('hunter2')
}, 300_000)
