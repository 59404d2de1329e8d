import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { findProgram, publish, startWatchedRedis, type WatchedRedis } from '@stacktach/testing'
import { firstHalf, measureFailover, secondHalf, undisturbed } from './failover.ts'
import { type Pipeline, type Program, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

const program = findProgram('redis-server')

/** The Sentinels need an installed program; Redis in a container is not enough. */
const withRedis = program === null ? describe.skip : describe

const MINUTES = 60_000

withRedis('three Redis Sentinels', () => {
  let redis: WatchedRedis
  let pipeline: Pipeline | undefined

  beforeAll(async () => {
    redis = await startWatchedRedis(program ?? '')
  }, MINUTES)

  afterAll(async () => {
    await pipeline?.stop()
    await redis?.drop()
  }, MINUTES)

  test(
    'a REDIS_URL that names one of them as Redis is refused with one line',
    async () => {
      const misnamed = await startPipeline(['east'], { REDIS_URL: `redis://127.0.0.1:${redis.sentinelPort}` })
      try {
        for (const name of ['ingest', 'jobs'] satisfies Program[]) {
          const process = misnamed.launch(name)
          expect(await process.ended).toBe(2)
          const lines = process
            .output()
            .split('\n')
            .filter((line) => line !== '' && !line.startsWith('{'))
          expect(lines).toEqual([
            'REDIS_URL names a Sentinel, not Redis: set redis+sentinel://host:26379,host:26379/<master name>',
          ])
          expect(process.output()).not.toMatch(/"level":[456]0/)
        }
      } finally {
        await misnamed.stop()
      }
    },
    MINUTES,
  )

  test(
    'the master is killed: answers are delayed, and none is changed',
    async () => {
      const expected = await undisturbed()
      pipeline = await startPipeline(['east'], { REDIS_URL: redis.url })
      const { vhost, database, run } = pipeline
      const processes = [await pipeline.start('ingest'), await pipeline.start('jobs')]
      await publish(vhost, firstHalf)
      await pipeline.settled(firstHalf.length)
      const failover = await measureFailover(
        'the master of Redis is killed, its replica promoted by Sentinels',
        async () => redis.killMaster(),
        () => publish(vhost, secondHalf),
        () => database,
        expected,
      )
      expect(failover).toMatchObject({ lost: 0, duplicate: 0, different: 0 })
      expect(failover.secondsUntilAggregated).toBeLessThan(60)
      for (const process of processes) {
        const warnings = process.output().match(/"level":[45]0/g) ?? []
        expect(warnings.length).toBeLessThan(20)
      }
      await until(async () => {
        const { output } = await run('status', '--json')
        return JSON.parse(output).ingest?.length === 1
      })
    },
    3 * MINUTES,
  )
})
