import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { migrate, openDatabase } from '@stacktach/db'
import { captured, postgresBinaries, publish, type Replicated, startReplicated } from '@stacktach/testing'
import { everyAnswer } from './everyAnswer.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

const binaries = postgresBinaries()
const messages = captured('nova_both')

/** Where PostgreSQL runs in a container only, a second one cannot be made of it. */
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

  test('answers everything as one that reads from the primary', async () => {
    const fromPrimary = await everyAnswer(pipeline.database, await pipeline.api(), { shown: true })
    pipeline.environment.DATABASE_READ_URL = servers.standby.url
    expect(await everyAnswer(pipeline.database, await pipeline.api(), { shown: true })).toEqual(fromPrimary)
    expect(fromPrimary.size).toBeGreaterThan(50)
  })

  test('sees what was stored a moment ago', async () => {
    const ask = await pipeline.api()
    const before = await ask('/stacky/hosts')
    const other = JSON.stringify({
      event_type: 'compute.instance.update',
      publisher_id: 'compute.a-new-host',
      message_id: 'of-a-new-host',
      timestamp: '2026-11-23 20:05:38',
      payload: {},
    })
    await publish(pipeline.vhost, [{ exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from(other) }])
    await until(async () => JSON.stringify(await ask('/stacky/hosts')).includes('a-new-host'), 5_000, 'the new host')
    expect(JSON.stringify(before)).not.toContain('a-new-host')
  })

  test.each([
    ['host', 'hosts'],
    // By way of Prisma.
    ['deployment', 'deployments'],
  ])('asks once more what the replica cut off, and says so of what it cut off twice: %s', async (table, path) => {
    const ask = await pipeline.api()
    await slowly(table, async () => {
      const once = ask(`/stacky/${path}`)
      await disturb(table, undefined)
      expect(await once).toMatchObject({ status: 200 })

      const twice = ask(`/stacky/${path}`)
      await disturb(table, await disturb(table, undefined))
      expect(await twice).toMatchObject({ status: 503, body: [expect.anything(), [expect.anything(), cutOff]] })
    })
  })

  test('is as far behind as status says', async () => {
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

  test('says so while the replica is away, and answers again when it is back', async () => {
    const ask = await pipeline.api()
    await servers.standby.stop()
    const { status, body } = await ask('/stacky/deployments')
    expect([status, body]).toEqual([
      503,
      [
        ['Error', 'Message'],
        ['Service Unavailable', expect.any(String)],
      ],
    ])
    const { code, output } = await pipeline.run('status')
    expect([code, output]).toEqual([0, expect.stringContaining('the database of DATABASE_READ_URL does not answer')])
    await servers.standby.start()
    await until(async () => (await ask('/stacky/deployments')).status === 200, 20_000, 'an answer')
  })

  test('answers on while the primary is away', async () => {
    const ask = await pipeline.api()
    const before = await ask('/stacky/summary')
    await servers.primary.stop()
    expect(await ask('/stacky/summary')).toEqual(before)
    expect(before.status).toBe(200)
    // One that starts now finds all it needs, too.
    expect(await (await pipeline.api())('/stacky/summary')).toEqual(before)
    await servers.primary.start()
  })

  const cutOff = expect.stringContaining('replica cancelled the query')

  async function standbySql<Row extends Record<string, unknown>>(sql: string): Promise<Row[]> {
    const standby = openDatabase({ url: servers.standby.url, applicationName: 'test', size: 1 })
    const { rows } = await standby.pool.query<Row>(sql)
    await standby.close()
    return rows
  }

  /** Makes every question of a table take a second, so that the standby can be made to cut one off. */
  async function slowly(table: string, work: () => Promise<void>): Promise<void> {
    const { pool } = pipeline.database
    await pool.query(`
      alter table ${table} rename to ${table}_kept;
      create view ${table} as
        with slept as materialized (select pg_sleep(1)) select kept.* from slept, ${table}_kept kept`)
    await servers.caughtUp()
    await work().finally(async () => {
      await pool.query(`drop view ${table}; alter table ${table}_kept rename to ${table}`)
      await servers.caughtUp()
    })
  }

  /**
   * Has the primary lock a table, as dropping a partition does, once the standby works on another question than `before`.
   *
   * @returns when that question began
   */
  async function disturb(table: string, before: string | undefined): Promise<string | undefined> {
    let began: string | undefined
    await until(async () => {
      const [row] = await standbySql<{ began: string }>(
        `select query_start::text as began from pg_stat_activity where wait_event = 'PgSleep'`,
      )
      began = row?.began
      return began !== undefined && began !== before
    })
    await pipeline.database.pool.query(`begin; lock table ${table}_kept in access exclusive mode; commit`)
    return began
  }
})
