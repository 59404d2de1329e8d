import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type CapturedMessage, captured, expectations, publish } from '@stacktach/testing'
import { aggregates } from './aggregates.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'

interface Late {
  message: CapturedMessage
  event: string
  instance: string
  request: string
}

const stream = captured('nova_unversioned').map((message): Late => {
  const notification = JSON.parse(JSON.parse(message.body.toString())['oslo.message'])
  const { event_type: event, payload, _context_request_id: request } = notification
  return { message, event, instance: payload.instance_id, request }
})

/** One notification of each of these events is late, each of an instance of its own. */
const lateEvents = [
  'compute.instance.update', // the one that begins a request
  'compute.instance.create.start',
  'compute.instance.finish_resize.end',
  'compute.instance.exists',
  'compute.instance.delete.end',
  'compute.instance.rescue.start',
]

const late: Late[] = []
for (const event of lateEvents) {
  const found = stream.find((sent) => sent.event === event && late.every(({ instance }) => instance !== sent.instance))
  if (found !== undefined) late.push(found)
}

/** Rows of each aggregate: whose they are, which one, and which transaction wrote them last, and where. */
const written = [
  `select instance as owner, 'lifecycle' as row, xmin::text || ctid::text as version from lifecycle`,
  ...['timing', 'instance_launch', 'instance_delete', 'instance_exists'].map(
    (table) => `select instance as owner, '${table} ' || id as row, xmin::text || ctid::text as version from ${table}`,
  ),
  `select instance as owner, 'tracker ' || request_id as row, xmin::text || ctid::text as version from request_tracker`,
].join(' union all ')

let pipeline: Pipeline

async function rows(): Promise<Map<string, { owner: string; version: string }>> {
  const found = await pipeline.database.pool.query<{ owner: string; row: string; version: string }>(written)
  return new Map(found.rows.map(({ owner, row, version }) => [`${owner} ${row}`, { owner, version }]))
}

beforeAll(async () => {
  pipeline = await startPipeline(['captured'])
  await pipeline.start('ingest')
  await pipeline.start('jobs')
  const inTime = stream.filter((sent) => !late.includes(sent))
  await publish(
    pipeline.vhost,
    inTime.map(({ message }) => message),
  )
  await pipeline.settled(inTime.length)
})

afterAll(() => pipeline.stop())

test('a late notification has rows of its own instance and request written, and no others', async () => {
  expect(late.map(({ event }) => event)).toEqual(lateEvents)
  let sent = stream.length - late.length
  for (const { message, event, instance, request } of late) {
    const before = await rows()
    await publish(pipeline.vhost, [message])
    await pipeline.settled(++sent)
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

test('in the end the answers are those of the stream in its order', async () => {
  expect(await aggregates(pipeline.database)).toEqual(expectations('nova_unversioned'))
})
