import { describe, expect, test } from '@jest/globals'
import { Metrics } from './metrics.ts'

const help = 'What it says.'

describe('a name is refused', () => {
  test.each([
    ['counter', 'messages', '_total'],
    ['counter', 'messages_count', '_total'],
    ['gauge', 'queue_total', '_total'],
    ['gauge', 'queueDepth', 'lower case'],
    ['gauge', 'queue__depth', 'lower case'],
    ['gauge', 'stacktach_depth', 'prefix'],
    ['gauge', 'oldest_age_milliseconds', 'base unit'],
    ['gauge', 'heap_mb', 'base unit'],
    ['gauge', 'batch_sum', 'histogram'],
    ['histogram', 'duration_ms', 'base unit'],
    ['histogram', 'duration', 'unit is missing'],
  ] as const)('of a %s that is %s', (type, name, why) => {
    const metrics = new Metrics()
    expect(() =>
      type === 'histogram' ? metrics.histogram({ name, help }, [1]) : metrics[type]({ name, help }),
    ).toThrow(why)
  })
})

test('names have the prefix, and labels are in the text', async () => {
  const metrics = new Metrics()
  metrics.counter({ name: 'messages_total', help, labels: ['deployment'] }).inc({ deployment: 'east' }, 3)
  metrics.histogram({ name: 'duration_seconds', help }, [0.5]).observe(0.25)
  metrics.gauge({ name: 'depth', help }, () => 7)
  const { contentType, body } = await metrics.text()
  expect(contentType).toContain('version=0.0.4')
  for (const line of [
    '# TYPE stacktach_messages_total counter',
    'stacktach_messages_total{deployment="east"} 3',
    'stacktach_duration_seconds_bucket{le="0.5"} 1',
    'stacktach_duration_seconds_sum 0.25',
    'stacktach_depth 7',
    'stacktach_collection_failures_total',
  ]) {
    expect(body).toContain(line)
  }
})

test('what was added up outside is put to its counter when that is read', async () => {
  const metrics = new Metrics()
  let number = 2
  metrics.counter({ name: 'messages_total', help, labels: ['deployment'] }, (counter) => {
    counter.inc({ deployment: 'east' }, number)
    number = 0
  })
  expect((await metrics.text()).body).toContain('stacktach_messages_total{deployment="east"} 2\n')
  number = 3
  expect((await metrics.text()).body).toContain('stacktach_messages_total{deployment="east"} 5\n')
})

test('two processes in one program count apart', async () => {
  const [one, other] = [new Metrics(), new Metrics()]
  for (const metrics of [one, other]) metrics.counter({ name: 'messages_total', help })
  one.counter({ name: 'batches_total', help }).inc()
  expect((await other.text()).body).not.toContain('batches_total')
})

describe('a collection', () => {
  test('is asked once for all of its gauges', async () => {
    const metrics = new Metrics()
    let asked = 0
    metrics.collector(
      'stored',
      { rows: { name: 'rows', help, labels: ['kind'] }, age: { name: 'age_seconds', help } },
      async () => {
        asked++
        return [
          { gauge: 'rows', labels: { kind: 'instance' }, value: 4 },
          { gauge: 'rows', labels: { kind: 'image' }, value: 5 },
          { gauge: 'age', value: 1.5 },
        ]
      },
    )
    const { body } = await metrics.text()
    expect(body).toContain('stacktach_rows{kind="instance"} 4\nstacktach_rows{kind="image"} 5\n')
    expect(body).toContain('stacktach_age_seconds 1.5\n')
    expect(body).toContain('stacktach_collection_failures_total{collection="stored"} 0\n')
    await metrics.text()
    expect(asked).toBe(1)
  })

  test('that cannot be had has no values, and is counted as failed', async () => {
    const metrics = new Metrics()
    metrics.collector(
      'stored',
      { rows: { name: 'rows', help, labels: ['kind'] }, age: { name: 'age_seconds', help } },
      async () => {
        throw new Error('the database is away')
      },
    )
    await metrics.text()
    const { body } = await metrics.text()
    expect(body).not.toMatch(/^stacktach_(?:rows|age_seconds)[ {]/m)
    expect(body).toContain('# TYPE stacktach_age_seconds gauge')
    expect(body).toContain('stacktach_collection_failures_total{collection="stored"} 1\n')
  })
})
