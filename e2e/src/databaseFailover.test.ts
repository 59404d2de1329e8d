import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, migrate, openDatabase } from '@stacktach/db'
import { postgresBinaries, publish, type Replicated, startReplicated } from '@stacktach/testing'
import { failoverMessages, firstHalf, measureFailover, secondHalf, undisturbed } from './failover.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

const binaries = postgresBinaries()

/** The standby needs installed programs; PostgreSQL in a container is not enough. */
const withBinaries = binaries === null ? describe.skip : describe

const MINUTES = 60_000

withBinaries('a primary and its standby in one URL', () => {
  let servers: Replicated
  let expected: Record<string, string[]>
  let pipeline: Pipeline
  let database: Database

  /** Both servers, the standby first. */
  const urlOf = (target: string) => {
    const [standby, primary] = [servers.standby, servers.primary].map(({ url }) => new URL(url).port)
    return `postgres://stacktach@127.0.0.1:${standby},127.0.0.1:${primary}/postgres?target_session_attrs=${target}`
  }

  beforeAll(async () => {
    expected = await undisturbed()
    servers = await startReplicated(binaries ?? '')
    await migrate(urlOf('read-write'))
    pipeline = await startPipeline(['east'], {
      DATABASE_URL: urlOf('read-write'),
      DATABASE_READ_URL: urlOf('prefer-standby'),
    })
    database = openDatabase({ url: urlOf('read-write'), applicationName: 'test', size: 2 })
  }, 2 * MINUTES)

  afterAll(async () => {
    await database?.close()
    await pipeline?.stop()
    await servers?.drop()
  }, MINUTES)

  test(
    'every process follows a promotion within 30 seconds; nothing is lost or duplicate',
    async () => {
      const [ingest, jobs] = await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
      const get = await pipeline.api()
      await publish(pipeline.vhost, firstHalf)
      await pipeline.settled(firstHalf.length)
      await servers.caughtUp()
      const before = await get('/stacky/deployments')
      const failover = await measureFailover(
        'PostgreSQL: the primary is stopped, its standby promoted',
        async () => {
          await servers.primary.stop()
          await servers.promote()
        },
        () => publish(pipeline.vhost, secondHalf),
        () => database,
        expected,
      )
      expect(failover).toMatchObject({ lost: 0, duplicate: 0, different: 0 })
      expect(failover.secondsUntilStored).toBeLessThan(30)
      expect(failover.secondsUntilAggregated).toBeLessThan(30)
      // Prisma reads the deployments.
      expect(before.status).toBe(200)
      expect(await get('/stacky/deployments')).toMatchObject({ status: 200 })
      expect(await pipeline.run('status', '--count')).toMatchObject({
        code: 0,
        output: expect.stringContaining(`${failoverMessages.length}`),
      })
      for (const process of [ingest, jobs]) expect(await process.stop()).toBe(0)
    },
    3 * MINUTES,
  )
})

withBinaries('a primary that becomes read-only', () => {
  let servers: Replicated

  beforeAll(async () => {
    servers = await startReplicated(binaries ?? '')
  }, MINUTES)

  afterAll(() => servers?.drop(), MINUTES)

  test('is left: its connections are dropped, and the next ones look for the primary', async () => {
    const [primary, standby] = [servers.primary, servers.standby].map(({ url }) => new URL(url).port)
    const url = `postgres://stacktach@127.0.0.1:${primary},127.0.0.1:${standby}/postgres`
    const database = openDatabase({ url, applicationName: 'test', size: 2 })
    try {
      const server = async () =>
        (await database.pool.query<{ port: number }>('select inet_server_port() as port')).rows[0]?.port
      await database.pool.query('create table written (a integer)')
      expect(await server()).toBe(Number(primary))
      await servers.caughtUp()
      const other = openDatabase({ url: servers.primary.url, applicationName: 'test', size: 1 })
      await other.pool.query('alter system set default_transaction_read_only = on')
      await other.pool.query('select pg_reload_conf()')
      await other.close()
      await servers.promote()
      const insert = () => database.pool.query('insert into written values (1)')
      let error: unknown
      for (const deadline = Date.now() + 10_000; error === undefined && Date.now() < deadline; ) {
        error = await insert().then(
          () => undefined,
          (reason: unknown) => reason,
        )
      }
      expect(error).toMatchObject({ code: '25006' })
      await until(
        () =>
          insert().then(
            () => true,
            () => false,
          ),
        10_000,
        'a row is written',
      )
      expect(await server()).toBe(Number(standby))
    } finally {
      await database.close()
    }
  })
})
