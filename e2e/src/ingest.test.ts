import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { systemStatus } from '@stacktach/db'
import { captured, publish } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

let pipeline: Pipeline

beforeEach(async () => {
  pipeline = await startPipeline(['east'])
})

afterEach(() => pipeline.stop())

const valid = captured('nova_unversioned').slice(0, 40)

function message(body: string | Buffer, routing_key = 'notifications.info') {
  return { exchange: 'nova', routing_key, body: Buffer.from(body) }
}

const notification = { event_type: 'e', publisher_id: 'compute.host', timestamp: '2026-11-23 20:05:38' }

describe('invalid messages', () => {
  // Each with its reject reason; `detail` describes the problem.
  const invalid: [string, string | Buffer][] = [
    ['not json', 'nova is well'],
    ['not json', ''],
    ['not utf-8', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    ['not an object', '[1, 2]'],
    ['bad envelope', JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': '[]' })],
    ['nested too deeply', '['.repeat(100_000)],
    ['no event_type', JSON.stringify({ ...notification, event_type: undefined })],
    ['no time', JSON.stringify({ ...notification, timestamp: 'NaN' })],
    ['time out of range', JSON.stringify({ ...notification, timestamp: '0001-01-01 00:00:00' })],
    ['value too long', JSON.stringify({ ...notification, event_type: 'x'.repeat(1_000_000) })],
    ['too large', JSON.stringify({ ...notification, padding: 'x'.repeat(1_100_000) })],
  ]

  test('are rejected with their reason and bytes, and the valid messages around them are stored', async () => {
    await pipeline.start('ingest')
    const stream = valid.flatMap((notification, index) => {
      const [, body] = invalid[index] ?? []
      return body === undefined ? [notification] : [notification, message(body)]
    })
    await publish(pipeline.vhost, stream)
    await pipeline.start('jobs')
    await pipeline.settled(valid.length + invalid.length)
    const { stored, rejected } = await systemStatus(pipeline.database, true)
    expect({ stored: stored.nova, rejected }).toEqual({ stored: valid.length, rejected: invalid.length })
    const { rows } = await pipeline.database.pool.query(
      'select deployment, exchange, routing_key, reason, detail, body, body_size from rejected_message order by id',
    )
    const sort = (values: string[]) => values.sort()
    expect(sort(rows.map((row) => `${row.reason} ${row.body_size}`))).toEqual(
      sort(invalid.map(([reason, body]) => `${reason} ${Buffer.from(body).length}`)),
    )
    for (const row of rows) {
      expect(row).toMatchObject({ deployment: 'east', exchange: 'nova', routing_key: 'notifications.info' })
      expect(row.detail.length).toBeGreaterThan(10)
      expect(row.body.length).toBe(row.reason === 'too large' ? 65_536 : row.body_size)
    }
  })

  test('that PostgreSQL refuses are isolated by splitting the batch, and the rest of the batch is stored', async () => {
    // Every known message that normalization accepts can be stored, so a constraint simulates an unexpected error.
    await pipeline.database.pool.query(
      `alter table notification_nova add constraint refusing check (event <> 'refused.event')`,
    )
    await pipeline.start('ingest')
    const refused = message(JSON.stringify({ ...notification, event_type: 'refused.event' }))
    await publish(pipeline.vhost, [...valid.slice(0, 20), refused, ...valid.slice(20)])
    await pipeline.start('jobs')
    await pipeline.settled(valid.length + 1)
    const { rows } = await pipeline.database.pool.query('select reason, detail from rejected_message')
    expect(rows).toEqual([{ reason: 'refused by the database', detail: expect.stringContaining('refusing') }])
  })
})

describe('the broker', () => {
  test('has an exchange and a queue with other properties: ingest uses them and logs a warning', async () => {
    const connection = await pipeline.vhost.connect()
    const channel = await connection.createChannel()
    await channel.assertExchange('nova', 'topic', { durable: false })
    await channel.assertQueue('stacktach_nova', { durable: false })
    await connection.close()
    const ingest = await pipeline.start('ingest')
    expect(ingest.output()).toMatch(/"exchange":"nova".*the exchange exists with other properties/)
    expect(ingest.output()).toMatch(/"queue":"stacktach_nova".*the queue exists with other properties/)
    await publish(pipeline.vhost, valid)
    await pipeline.start('jobs')
    await pipeline.settled(valid.length)
  })

  test('loses a queue: ingest declares and consumes it again', async () => {
    const ingest = await pipeline.start('ingest')
    const connection = await pipeline.vhost.connect()
    const channel = await connection.createChannel()
    await channel.deleteQueue('stacktach_nova')
    await connection.close()
    await ingest.printed(/consuming interrupted/)
    await until(async () => (await consumers('stacktach_nova')) === 1, 20_000, 'the queue is consumed again')
    await publish(pipeline.vhost, valid)
    await pipeline.start('jobs')
    await pipeline.settled(valid.length)
  })

  test('queues messages while ingest is stopped: all are stored after its start', async () => {
    const ingest = await pipeline.start('ingest')
    await publish(pipeline.vhost, valid.slice(0, 20))
    expect(await ingest.stop()).toBe(0)
    await publish(pipeline.vhost, valid.slice(20))
    await pipeline.start('ingest')
    await pipeline.start('jobs')
    await pipeline.settled(valid.length)
  })
})

/** Number of consumers of a queue; 0 if the queue does not exist. */
async function consumers(queue: string): Promise<number> {
  const connection = await pipeline.vhost.connect()
  try {
    const channel = await connection.createChannel()
    channel.on('error', () => {})
    return (await channel.checkQueue(queue)).consumerCount
  } catch {
    return 0
  } finally {
    await connection.close()
  }
}

describe('operators', () => {
  test('get queues, backlog and stored notifications as JSON for scripts', async () => {
    expect((await pipeline.run('status')).output).toMatch(/│ east +│ never +│/)
    await pipeline.start('ingest')
    await publish(pipeline.vhost, valid)
    await pipeline.start('jobs')
    await pipeline.settled(valid.length)
    // A wake-up is delayed for a moment if its job is running.
    const isDelayed = async () => /"delayed": ?[1-9]/.test((await pipeline.run('status', '--json')).output)
    await until(async () => !(await isDelayed()), 20_000, 'no job is delayed')
    const { code, output } = await pipeline.run('status', '--json', '--count')
    expect({ code, status: JSON.parse(output) }).toEqual({
      code: 0,
      status: {
        ingest: [{ process: expect.any(String), brokers: { east: expect.stringMatching(/^127\.0\.0\.1:\d+$/) } }],
        stored: { nova: valid.length, glance: 0, generic: 0 },
        rejected: 0,
        backlog: 0,
        last_notification: { east: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/) },
        queues: [
          { deployment: 'east', exchange: 'nova', queue: 'stacktach_nova', messages: 0, consumers: 1 },
          { deployment: 'east', exchange: 'glance', queue: 'stacktach_glance', messages: 0, consumers: 1 },
        ],
        exists: {
          nova: { pending: 0, verifying: 0, verified: 0, failed: 0 },
          glance: { pending: 0, verifying: 0, verified: 0, failed: 0 },
        },
        jobs: ['aggregation', 'verification', 'webhooks', 'reports', 'maintenance'].map((queue) => ({
          queue,
          waiting: expect.any(Number),
          active: expect.any(Number),
          delayed: 0,
          failed: 0,
        })),
        replica: null,
      },
    })
    expect((await pipeline.run('status')).output).toContain('pending aggregation')
  })

  test('create a report, which the API then returns', async () => {
    await pipeline.start('ingest')
    await pipeline.start('jobs')
    await publish(pipeline.vhost, captured('glance_messagingv2'))
    await pipeline.settled(53)
    const { code, output } = await pipeline.run(
      'report',
      'run',
      'image-events-audit',
      '--at',
      '2026-11-23',
      '--wait',
      '--json',
    )
    const report = JSON.parse(output)
    expect({ code, report }).toEqual({
      code: 0,
      report: {
        id: expect.any(Number),
        name: 'image events audit',
        version: 1,
        period_start: '2026-11-23 00:00:00',
        period_end: '2026-11-24 00:00:00',
        json: {
          'image.upload': 4,
          'image.activate': 4,
          'image.delete': 6,
          'image.exists': 0,
          'image.exists.verified': 0,
        },
      },
    })
    const get = await pipeline.api()
    expect(await get(`/stacky/report/${report.id}`)).toEqual({ status: 200, body: report.json })
    const { body } = await get('/stacky/reports')
    expect(body).toContainEqual([report.id, expect.any(Number), expect.any(Number), expect.any(Number), report.name, 1])
  })

  test('get one line for each fault of the configuration and exit code 2', async () => {
    const { code, output } = await pipeline.run('frobnicate')
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining("unknown command 'frobnicate'") })
    pipeline.environment.REDIS_URL = 'http://nonsense'
    pipeline.environment.STACKTACH_DEPLOYMENTS_FILE = ''
    expect(await pipeline.run('status')).toEqual({
      code: 2,
      output:
        'REDIS_URL must be a URL beginning with redis:// or rediss:// or redis+cluster:// or rediss+cluster:// or redis+sentinel:// (current value hidden)\n' +
        'STACKTACH_DEPLOYMENTS_FILE is not set: it is the path of the deployments file; deploy/deployments/ has examples\n',
    })
  })
})
