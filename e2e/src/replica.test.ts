import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { migrate } from '@stacktach/db'
import { captured, postgresBinaries, publish, type Replicated, startReplicated } from '@stacktach/testing'
import { everyAnswer } from './everyAnswer.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

const binaries = postgresBinaries()
const messages = captured('nova_both')

/** Where PostgreSQL runs in a container only, a second one cannot be made of it. */
const withBinaries = binaries === null ? describe.skip : describe

withBinaries('an api that reads from a streaming replica', () => {
  let servers: Replicated
  let pipeline: Pipeline

  beforeAll(async () => {
    servers = await startReplicated(binaries ?? '')
    await migrate(servers.primary.url)
    pipeline = await startPipeline(['east'], { DATABASE_URL: servers.primary.url })
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
    await publish(pipeline.vhost, messages)
    await pipeline.settled(messages.length)
    await servers.caughtUp()
  }, 60_000)

  afterAll(async () => {
    await pipeline.stop()
    await servers.drop()
  }, 60_000)

  test('answers everything as one that reads from the primary', async () => {
    const fromPrimary = await everyAnswer(pipeline, { shown: true })
    pipeline.environment.DATABASE_READ_URL = servers.standby.url
    expect(await everyAnswer(pipeline, { shown: true })).toEqual(fromPrimary)
    expect(fromPrimary.size).toBeGreaterThan(50)
  })

  test('sees what was stored a moment ago', async () => {
    const ask = await pipeline.api()
    const before = await ask('/stacky/hosts')
    const other = JSON.stringify({
      event_type: 'compute.instance.update',
      publisher_id: 'compute.a-new-host',
      message_id: 'of-a-new-host',
      timestamp: '2026-11-23 20:05:38',
      payload: {},
    })
    await publish(pipeline.vhost, [{ exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from(other) }])
    await until(async () => JSON.stringify(await ask('/stacky/hosts')).includes('a-new-host'), 5_000, 'the new host')
    expect(JSON.stringify(before)).not.toContain('a-new-host')
  })

  test('says so while the replica is away, and answers again when it is back', async () => {
    const ask = await pipeline.api()
    await servers.standby.stop()
    const { status, body } = await ask('/stacky/deployments')
    expect([status, body]).toEqual([
      503,
      [
        ['Error', 'Message'],
        ['Service Unavailable', expect.any(String)],
      ],
    ])
    await servers.standby.start()
    await until(async () => (await ask('/stacky/deployments')).status === 200, 20_000, 'an answer')
  })

  test('answers on while the primary is away', async () => {
    const ask = await pipeline.api()
    const before = await ask('/stacky/summary')
    await servers.primary.stop()
    expect(await ask('/stacky/summary')).toEqual(before)
    expect(before.status).toBe(200)
    // One that starts now finds all it needs, too.
    expect(await (await pipeline.api())('/stacky/summary')).toEqual(before)
    await servers.primary.start()
  })
})
