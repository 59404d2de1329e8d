import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { migrate, openDatabase } from '@stacktach/db'
import { captured, postgresBinaries, publish, type Replicated, startReplicated } from '@stacktach/testing'
import { everyAnswer } from './everyAnswer.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

const binaries = postgresBinaries()
const messages = captured('nova_both')

/** The standby needs installed programs; PostgreSQL in a container is not enough. */
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

  test('gives the same answers as an api that reads from the primary', async () => {
    const fromPrimary = await everyAnswer(pipeline.database, await pipeline.api(), { withShow: true })
    pipeline.environment.DATABASE_READ_URL = servers.standby.url
    expect(await everyAnswer(pipeline.database, await pipeline.api(), { withShow: true })).toEqual(fromPrimary)
    expect(fromPrimary.size).toBeGreaterThan(50)
  })

  test('returns notifications that were stored a moment ago', async () => {
    const get = await pipeline.api()
    const hostsBefore = await get('/stacky/hosts')
    const other = JSON.stringify({
      event_type: 'compute.instance.update',
      publisher_id: 'compute.a-new-host',
      message_id: 'of-a-new-host',
      timestamp: '2026-11-23 20:05:38',
      payload: {},
    })
    await publish(pipeline.vhost, [{ exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from(other) }])
    await until(async () => JSON.stringify(await get('/stacky/hosts')).includes('a-new-host'), 5_000, 'the new host')
    expect(JSON.stringify(hostsBefore)).not.toContain('a-new-host')
  })

  test.each([
    ['host', 'hosts'],
    // This query uses Prisma.
    ['deployment', 'deployments'],
  ])(
    'repeats a query that the replica canceled, and reports a query that it canceled twice: %s',
    async (table, path) => {
      const get = await pipeline.api()
      await withSlowQueries(table, async () => {
        const canceledOnce = get(`/stacky/${path}`)
        await cancelQuery(table, undefined)
        expect(await canceledOnce).toMatchObject({ status: 200 })

        const canceledTwice = get(`/stacky/${path}`)
        await cancelQuery(table, await cancelQuery(table, undefined))
        expect(await canceledTwice).toMatchObject({
          status: 503,
          body: [expect.anything(), [expect.anything(), cancellation]],
        })
      })
    },
  )

  test('has the replica lag that status reports', async () => {
    const status = async () => JSON.parse((await pipeline.run('status', '--json')).output).replica
    await servers.caughtUp()
    expect(await status()).toEqual({ lag_bytes: 0, lag_microseconds: 0 })
    await standbySql('select pg_wal_replay_pause()')
    await pipeline.database.pool.query('update deployment set last_when = last_when')
    await until(async () => (await status()).lag_microseconds > 1_000_000, 20_000, 'the standby is a second behind')
    expect(await status()).toEqual({ lag_bytes: expect.any(Number), lag_microseconds: expect.any(Number) })
    const { lag_bytes, lag_microseconds } = await status()
    expect(lag_bytes).toBeGreaterThan(0)
    expect(lag_microseconds).toBeGreaterThan(1_000_000)
    expect((await pipeline.run('status')).output).toMatch(/Replica lag \(bytes\)[\s\S]* \d+ +│ 0d 00:00:\d/)
    await standbySql('select pg_wal_replay_resume()')
    await until(async () => (await status()).lag_microseconds === 0, 20_000, 'the standby catches up')
  })

  test('reports that the replica is unavailable, and answers when it is available again', async () => {
    const get = await pipeline.api()
    await servers.standby.stop()
    const { status, body } = await get('/stacky/deployments')
    expect([status, body]).toEqual([
      503,
      [
        ['Error', 'Message'],
        ['Service Unavailable', expect.any(String)],
      ],
    ])
    const { code, output } = await pipeline.run('status')
    expect([code, output]).toEqual([0, expect.stringContaining('the database in DATABASE_READ_URL does not answer')])
    await servers.standby.start()
    await until(async () => (await get('/stacky/deployments')).status === 200, 20_000, 'an answer')
  })

  test('answers while the primary is unavailable', async () => {
    const get = await pipeline.api()
    const before = await get('/stacky/summary')
    await servers.primary.stop()
    expect(await get('/stacky/summary')).toEqual(before)
    expect(before.status).toBe(200)
    // An api that starts now also works.
    expect(await (await pipeline.api())('/stacky/summary')).toEqual(before)
    await servers.primary.start()
  })

  const cancellation = expect.stringContaining('replica cancelled the query')

  async function standbySql<Row extends Record<string, unknown>>(sql: string): Promise<Row[]> {
    const standby = openDatabase({ url: servers.standby.url, applicationName: 'test', size: 1 })
    const { rows } = await standby.pool.query<Row>(sql)
    await standby.close()
    return rows
  }

  /** Makes every query on a table take a second, so that the standby can cancel one. */
  async function withSlowQueries(table: string, work: () => Promise<void>): Promise<void> {
    const { pool } = pipeline.database
    await pool.query(`
      alter table ${table} rename to ${table}_original;
      create view ${table} as
        with slept as materialized (select pg_sleep(1)) select original.* from slept, ${table}_original original`)
    await servers.caughtUp()
    await work().finally(async () => {
      await pool.query(`drop view ${table}; alter table ${table}_original rename to ${table}`)
      await servers.caughtUp()
    })
  }

  /**
   * Locks a table on the primary, as dropping a partition does, while the standby runs a query. That cancels the query.
   *
   * @param previous start time of the last canceled query, which is not awaited again
   * @returns start time of the query
   */
  async function cancelQuery(table: string, previous: string | undefined): Promise<string | undefined> {
    let start: string | undefined
    await until(async () => {
      const [row] = await standbySql<{ start: string }>(
        `select query_start::text as start from pg_stat_activity where wait_event = 'PgSleep'`,
      )
      start = row?.start
      return start !== undefined && start !== previous
    })
    await pipeline.database.pool.query(`begin; lock table ${table}_original in access exclusive mode; commit`)
    return start
  }
})
