import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { systemStatus } from '@stacktach/db'
import { captured, capturedStreams, expectations, publish } from '@stacktach/testing'
import { aggregates } from './aggregates.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'

/** Number of distinct message ids of a recorded stream, which is the number of notifications to store. */
function countDistinct(stream: Parameters<typeof captured>[0]): number {
  const ids = captured(stream).map(({ body }) => {
    const outer = JSON.parse(body.toString())
    return (outer['oslo.message'] === undefined ? outer : JSON.parse(outer['oslo.message'])).message_id
  })
  return new Set(ids).size
}

/** Streams with expectations for every instance, written by reading the notifications. */
const withExpectations: readonly string[] = ['nova_unversioned', 'nova_versioned', 'nova_both']

let pipeline: Pipeline

beforeAll(async () => {
  pipeline = await startPipeline(['captured'])
  await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
})

afterAll(() => pipeline.stop())

describe.each(capturedStreams)('the captured cloud %s', (stream) => {
  beforeAll(async () => {
    await publish(pipeline.vhost, captured(stream))
    await pipeline.settled(countDistinct(stream))
  })

  afterAll(() => pipeline.clear(captured(stream).length))

  test('is stored completely, without duplicates and rejections', async () => {
    const { stored, rejected } = await systemStatus(pipeline.database, true)
    expect({ ...stored, rejected }).toEqual({
      nova: stream.startsWith('nova') ? countDistinct(stream) : 0,
      glance: stream.startsWith('glance') ? countDistinct(stream) : 0,
      generic: 0,
      rejected: 0,
    })
  })

  test('has an instance and a request id in every row of an instance event', async () => {
    const { rows } = await pipeline.database.pool.query(
      `select event from notification_nova
        where event like 'compute.instance.%' and (instance is null or request_id = '')`,
    )
    expect(rows).toEqual([])
  })

  if (withExpectations.includes(stream)) {
    test('has the expected launches, deletes, exists, timings and kpi of each instance', async () => {
      expect(await aggregates(pipeline.database)).toEqual(expectations(stream))
    })
  }
})
