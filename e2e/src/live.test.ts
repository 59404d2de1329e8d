import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { type EventStream, openEventStream, publish, type TestProcess } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

const services = ['nova', 'glance'] as const

let pipeline: Pipeline
let api: { process: TestProcess; url: string }
const open = new Set<EventStream>()

beforeAll(async () => {
  pipeline = await startPipeline(['east'])
  // Two processes commit in another order than the messages were published in.
  await Promise.all([pipeline.start('ingest'), pipeline.start('ingest'), pipeline.start('jobs')])
  api = await startApi()
}, 60_000)

afterEach(() => {
  for (const stream of open) stream.close()
  open.clear()
})

afterAll(() => pipeline.stop())

async function startApi() {
  const process = await pipeline.start('api')
  const [, url = ''] = await process.printed(/"url":"([^"]+)"/)
  return { process, url }
}

const bodyOf = (number: number) =>
  Buffer.from(
    JSON.stringify({
      event_type: number % 10 === 0 ? 'compute.instance.rare' : 'compute.instance.update',
      publisher_id: 'compute.host',
      message_id: `live-${number}`,
      timestamp: new Date().toISOString(),
      payload: { instance_id: `instance-${number}` },
    }),
  )

/** Publishes notifications with these numbers, of two services. */
async function publishNumbers(from: number, to: number): Promise<void> {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index)
  await publish(
    pipeline.vhost,
    numbers.map((number) => ({
      exchange: services[number % 2] ?? 'nova',
      routing_key: number % 7 === 0 ? 'notifications.error' : 'notifications.info',
      body: bodyOf(number),
    })),
  )
}

/** A client that connects again with its last event, as an EventSource does. */
function startReader(query: string) {
  const names: string[] = []
  let gaps = 0
  let after = ''
  let stream: EventStream | undefined
  let stopped = false
  const reading = (async () => {
    while (!stopped) {
      const headers: Record<string, string> = after === '' ? {} : { 'last-event-id': after }
      const connected = await openEventStream(`${api.url}/v1/live${query}`, headers).catch(() => null)
      if (connected?.status !== 200) {
        connected?.close()
        await new Promise((resolve) => setTimeout(resolve, 50))
        continue
      }
      stream = connected
      open.add(stream)
      await stream.ended
      open.delete(stream)
      for (const { event, data, id } of stream.events) {
        after = id ?? after
        if (event === 'gap') gaps++
        if (event === 'notification') names.push(nameOf(data))
      }
    }
  })()
  return {
    /** Resolves when the stream has begun. */
    begun: () => until(() => (stream?.events.length ?? 0) > 0 || after !== '', 20_000, 'the stream begins'),
    /** Closes the connection; the reader connects again. */
    interrupt: () => stream?.close(),
    count: () => names.length + (stream?.events.filter(({ event }) => event === 'notification').length ?? 0),
    async stop() {
      stopped = true
      stream?.close()
      await reading
      return { names, gaps }
    },
  }
}

function nameOf(data: string): string {
  const { service, id } = JSON.parse(data)
  return `${service}-${id}`
}

/** The stored notifications that match a condition. */
async function stored(condition: string): Promise<string[]> {
  const { rows } = await pipeline.database.pool.query<{ name: string }>(
    `select name from (
       select 'nova-' || id as name, event, routing_key from notification_nova
       union all select 'glance-' || id, event, routing_key from notification_glance) as stored
      where ${condition} order by name`,
  )
  return rows.map(({ name }) => name)
}

test('clients that come and go, and an api that restarts, lose and repeat nothing', async () => {
  const filters = {
    '': 'true',
    '?service=glance': `name like 'glance%'`,
    '?event=compute.instance.rare': `event = 'compute.instance.rare'`,
    '?errors=1': `routing_key like '%error'`,
  }
  const readers = Object.keys(filters).map(startReader)
  await Promise.all(readers.map(({ begun }) => begun()))
  let published = 0
  for (let round = 0; round < 20; round++) {
    await publishNumbers(published, published + 100)
    published += 100
    readers[round % readers.length]?.interrupt()
    if (round === 6) {
      await api.process.stop()
      api = await startApi()
    }
    if (round === 13) {
      await api.process.stop('SIGKILL')
      api = await startApi()
    }
  }
  await pipeline.settled(published)
  for (const [index, condition] of Object.values(filters).entries()) {
    const expected = await stored(condition)
    await until(() => (readers[index]?.count() ?? 0) >= expected.length, 20_000, `all notifications with ${condition}`)
    const result = await readers[index]?.stop()
    expect(result?.gaps).toBe(0)
    expect([...(result?.names ?? [])].sort()).toEqual([...expected].sort())
  }
}, 120_000)

test('SIGTERM ends live connections at once', async () => {
  const streams = await Promise.all([1, 2, 3].map(() => openEventStream(`${api.url}/v1/live`)))
  await Promise.all(streams.map((stream) => stream.received(({ event }) => event === 'state')))
  const startedAt = Date.now()
  expect(await api.process.stop()).toBe(0)
  expect(Date.now() - startedAt).toBeLessThan(2_000)
  await Promise.all(streams.map(({ ended }) => ended))
  expect(api.process.output()).not.toContain('did not stop')
  api = await startApi()
})

test('API_LIVE_CLIENTS limits the clients', async () => {
  await api.process.stop()
  pipeline.environment.API_LIVE_CLIENTS = '1'
  api = await startApi()
  const first = await openEventStream(`${api.url}/v1/live`)
  open.add(first)
  const refused = await fetch(`${api.url}/v1/live`)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30'])
  await refused.body?.cancel()
})
