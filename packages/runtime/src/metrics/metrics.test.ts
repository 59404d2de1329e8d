import { describe, expect, test } from '@jest/globals'
import { Metrics } from './metrics.ts'

const help = 'A test metric.'

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

test('a counter is updated before each scrape', async () => {
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

test('two instances count separately', async () => {
  const [one, other] = [new Metrics(), new Metrics()]
  for (const metrics of [one, other]) metrics.counter({ name: 'messages_total', help })
  one.counter({ name: 'batches_total', help }).inc()
  expect((await other.text()).body).not.toContain('batches_total')
})

describe('a collection', () => {
  test('runs once for all of its gauges', async () => {
    const metrics = new Metrics()
    let collections = 0
    metrics.collector(
      'stored',
      { rows: { name: 'rows', help, labels: ['kind'] }, age: { name: 'age_seconds', help } },
      async () => {
        collections++
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
    expect(collections).toBe(1)
  })

  test('that fails has no values and is counted', async () => {
    const metrics = new Metrics()
    metrics.collector(
      'stored',
      { rows: { name: 'rows', help, labels: ['kind'] }, age: { name: 'age_seconds', help } },
      async () => {
        throw new Error('the database is unavailable')
      },
    )
    await metrics.text()
    const { body } = await metrics.text()
    expect(body).not.toMatch(/^stacktach_(?:rows|age_seconds)[ {]/m)
    expect(body).toContain('# TYPE stacktach_age_seconds gauge')
    expect(body).toContain('stacktach_collection_failures_total{collection="stored"} 1\n')
  })
})
