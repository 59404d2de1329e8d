import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { captured, everyAggregate, publish } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

let pipeline: Pipeline

beforeEach(async () => {
  pipeline = await startPipeline(['east'])
})

afterEach(() => pipeline.stop())

const withFacts = async () =>
  Number(
    (await pipeline.database.pool.query('select count(*) from notification_nova where facts is not null')).rows[0]
      .count,
  )

test('refold restores the columns and aggregates of an older version, also when jobs is killed meanwhile', async () => {
  const { database } = pipeline
  let jobs = await pipeline.start('jobs')
  await pipeline.start('ingest')
  const messages = captured('nova_both')
  await publish(pipeline.vhost, messages)
  await pipeline.settled(messages.length)
  await pipeline.run('exists', 'verify', '--from', '2026-01-01', '--wait')
  const expected = await everyAggregate(database)
  await database.pool.query(`
    update notification_nova set facts = null, state = 'old';
    update instance_launch set launched_at = null, reported = '{"launchedAt":[],"instanceTypeId":[],"instanceFlavorId":[]}';
    delete from instance_delete;
    update instance_exists set status = 'failed', fail_reason = 'old'`)
  expect(await everyAggregate(database)).not.toEqual(expected)

  const refolded = pipeline.run('refold', '--json')
  await until(async () => (await withFacts()) > 0, 60_000)
  expect(await jobs.stop('SIGKILL')).toBeNull()
  jobs = await pipeline.start('jobs')
  const { code, output } = await refolded
  expect({ code, result: JSON.parse(output) }).toMatchObject({ code: 0, result: { unreadable: 0 } })
  await pipeline.settled(messages.length)
  await pipeline.run('exists', 'verify', '--from', '2026-01-01', '--wait')
  expect(await everyAggregate(database)).toEqual(expected)

  const again = await pipeline.run('refold', '--json')
  expect(JSON.parse(again.output)).toMatchObject({ notifications: messages.length, changed: 0 })
  expect((await pipeline.run('refold')).output).toContain(`notifications: read ${messages.length}, changed 0`)
})
