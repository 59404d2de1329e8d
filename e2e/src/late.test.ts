import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CapturedMessage, captured, expectations, publish } from '@stacktach/testing'
import { aggregates } from './aggregates.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'

interface StreamMessage {
  message: CapturedMessage
  event: string
  instance: string
  request: string
}

const stream = captured('nova_unversioned').map((message): StreamMessage => {
  const notification = JSON.parse(JSON.parse(message.body.toString())['oslo.message'])
  const { event_type: event, payload, _context_request_id: request } = notification
  return { message, event, instance: payload.instance_id, request }
})

/** One notification of each of these events is late, each of another instance. */
const lateEvents = [
  'compute.instance.update', // begins a request
  'compute.instance.create.start',
  'compute.instance.finish_resize.end',
  'compute.instance.exists',
  'compute.instance.delete.end',
  'compute.instance.rescue.start',
]

const late: StreamMessage[] = []
for (const event of lateEvents) {
  const match = stream.find(
    (candidate) => candidate.event === event && late.every(({ instance }) => instance !== candidate.instance),
  )
  if (match !== undefined) late.push(match)
}

/** Rows of all aggregates: instance, name, and a version that changes with each write. */
const versionsQuery = [
  `select instance as owner, 'lifecycle' as row, xmin::text || ctid::text as version from lifecycle`,
  ...['timing', 'instance_launch', 'instance_delete', 'instance_exists'].map(
    (table) => `select instance as owner, '${table} ' || id as row, xmin::text || ctid::text as version from ${table}`,
  ),
  `select instance as owner, 'tracker ' || request_id as row, xmin::text || ctid::text as version from request_tracker`,
].join(' union all ')

let pipeline: Pipeline

async function rows(): Promise<Map<string, { owner: string; version: string }>> {
  const result = await pipeline.database.pool.query<{ owner: string; row: string; version: string }>(versionsQuery)
  return new Map(result.rows.map(({ owner, row, version }) => [`${owner} ${row}`, { owner, version }]))
}

beforeAll(async () => {
  pipeline = await startPipeline(['captured'])
  await pipeline.start('ingest')
  await pipeline.start('jobs')
  const inTime = stream.filter((message) => !late.includes(message))
  await publish(
    pipeline.vhost,
    inTime.map(({ message }) => message),
  )
  await pipeline.settled(inTime.length)
})

afterAll(() => pipeline.stop())

test('a late notification causes writes only to rows of its instance and request', async () => {
  expect(late.map(({ event }) => event)).toEqual(lateEvents)
  let published = stream.length - late.length
  for (const { message, event, instance, request } of late) {
    const before = await rows()
    await publish(pipeline.vhost, [message])
    await pipeline.settled(++published)
    const after = await rows()
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
      (row) => before.get(row)?.version !== after.get(row)?.version,
    )
    const others = changed.filter((row) => !row.startsWith(`${instance} `) && !row.endsWith(` tracker ${request}`))
    expect({ event, others }).toEqual({ event, others: [] })
    expect({ event, changed: changed.length > 0 }).toEqual({ event, changed: true })
    process.stdout.write(`${event}, late: ${changed.length} of ${after.size} rows written\n`)
  }
})

test('the final aggregates equal those of the ordered stream', async () => {
  expect(await aggregates(pipeline.database)).toEqual(expectations('nova_unversioned'))
})
