import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, inTransaction, migrate, openDatabase, withRetentionLock } from '@stacktach/db'
import {
  createEmptyDatabase,
  createTestDatabase,
  everyAggregate,
  type Pooler,
  pgbouncerProgram,
  publish,
  startPgbouncer,
  type TestDatabase,
} from '@stacktach/testing'
import { failoverMessages, undisturbed } from './failover.ts'
import { type Pipeline, type Program, startPipeline } from './pipeline.ts'

const program = pgbouncerProgram()

const withPgbouncer = program === null ? describe.skip : describe

const MINUTES = 60_000

const ignoreOptions = ['ignore_startup_parameters = extra_float_digits,options']

withPgbouncer('PgBouncer in transaction mode', () => {
  const reader = `pooled_${randomBytes(6).toString('hex')}`
  let database: TestDatabase
  let admin: Database
  let pooler: Pooler
  let pipeline: Pipeline | undefined

  beforeAll(async () => {
    database = await createTestDatabase(migrate)
    admin = openDatabase({ url: database.url, applicationName: 'test', size: 1 })
    await admin.pool.query(`create role ${reader} login password 'secret' in role stacktach_read`)
    pooler = await startPgbouncer(program ?? '', database.url, { [reader]: 'secret' }, ignoreOptions)
  }, MINUTES)

  afterEach(async () => {
    await pipeline?.stop()
    pipeline = undefined
  })

  afterAll(async () => {
    await pooler?.stop()
    await admin?.pool.query(`drop owned by ${reader}`)
    await admin?.pool.query(`drop role ${reader}`)
    await admin?.close()
    await database?.drop()
  })

  /** The last line of a process that exits because of its configuration. */
  async function refusal(name: Program, overrides: Record<string, string>): Promise<string> {
    pipeline = await startPipeline(['east'], overrides)
    const process = pipeline.launch(name)
    expect(await process.ended).toBe(2)
    const [line = '', ...more] = process
      .output()
      .split('\n')
      .filter((text) => text !== '' && !text.startsWith('{'))
    expect(more).toEqual([])
    await pipeline.stop()
    pipeline = undefined
    return line
  }

  const readerUrl = () => {
    const url = new URL(pooler.through(database.url))
    url.username = reader
    url.password = 'secret'
    return url.href
  }

  test('that refuses settings of connections is named at start, with its own setting', async () => {
    const strict = await startPgbouncer(program ?? '', database.url, {}, [])
    try {
      for (const name of ['ingest', 'jobs', 'api'] as const) {
        expect(await refusal(name, { DATABASE_URL: strict.through(database.url) })).toMatch(
          /^PgBouncer in DATABASE_URL refuses settings of connections: set ignore_startup_parameters = options in pgbouncer\.ini \(/,
        )
      }
    } finally {
      await strict.stop()
    }
  })

  test('that drops settings which the role does not have is named at start, with the statements to run', async () => {
    for (const name of ['ingest', 'jobs'] as const) {
      expect(await refusal(name, { DATABASE_URL: pooler.through(database.url) })).toMatch(
        /^a pooler in DATABASE_URL drops settings .* alter role "\w+" set idle_in_transaction_session_timeout = 60000$/,
      )
    }
    expect(
      await refusal('api', { DATABASE_URL: pooler.through(database.url), DATABASE_READ_URL: readerUrl() }),
    ).toMatch(
      /^a pooler in DATABASE_READ_URL drops .* alter role "pooled_\w+" set default_transaction_read_only = on; alter role "\w+" set statement_timeout = 10000; alter/,
    )
  })

  describe('with the settings in the database and the role', () => {
    beforeAll(async () => {
      const name = new URL(database.url).pathname.slice(1)
      await admin.pool.query(`alter database ${name} set idle_in_transaction_session_timeout = 60000`)
      await admin.pool.query(`alter role ${reader} set default_transaction_read_only = on`)
      await admin.pool.query(`alter role ${reader} set statement_timeout = 1000`)
      // New connections of PgBouncer have the settings.
      await pooler.stop()
      pooler = await startPgbouncer(program ?? '', database.url, { [reader]: 'secret' }, ignoreOptions)
    })

    test(
      'is in front of everything: the same aggregates, and no error',
      async () => {
        const expected = await undisturbed()
        pipeline = await startPipeline(['east'], {
          DATABASE_URL: pooler.through(database.url),
          DATABASE_READ_URL: readerUrl(),
          BATCH_SIZE: '10',
        })
        const processes = [await pipeline.start('ingest'), await pipeline.start('ingest'), await pipeline.start('jobs')]
        const get = await pipeline.api()
        const publishedAt = performance.now()
        await publish(pipeline.vhost, failoverMessages)
        await pipeline.settled(failoverMessages.length)
        const seconds = (performance.now() - publishedAt) / 1000
        process.stdout.write(`PgBouncer in transaction mode | ${seconds.toFixed(1)}\n`)
        expect(await everyAggregate(pipeline.database)).toEqual(expected)
        expect(await get('/stacky/deployments')).toMatchObject({ status: 200 })
        for (const started of processes)
          expect(started.output()).not.toMatch(/"level":[56]0|prepared statement|could not/)
        expect(await pipeline.run('status')).toMatchObject({ code: 0 })
      },
      2 * MINUTES,
    )

    test('keeps statement_timeout, read-only transactions and the lock of retention', async () => {
      const options = { applicationName: 'test', size: 2 }
      const read = openDatabase({ ...options, url: readerUrl(), readOnly: true, statementTimeout: 1_000 })
      const write = openDatabase({ ...options, url: pooler.through(database.url) })
      try {
        await expect(read.pool.query('select pg_sleep(5)')).rejects.toMatchObject({ code: '57014' })
        await expect(read.pool.query('create table mine (a integer)')).rejects.toMatchObject({ code: '25006' })
        const held = await withRetentionLock(write.pool, async () => {
          // Other transactions use PgBouncer's connections meanwhile.
          await Promise.all([1, 2, 3].map(() => inTransaction(write.pool, (client) => client.query('select 1'))))
          return [await withRetentionLock(write.pool, async () => 'second')]
        })
        expect(held).toEqual([null])
        expect(await withRetentionLock(write.pool, async () => 'free')).toBe('free')
      } finally {
        await read.close()
        await write.close()
      }
    })

    test('lets migrate create the schema', async () => {
      const empty = await createEmptyDatabase()
      try {
        const { applied } = await migrate(pooler.through(empty.url))
        expect(applied.length).toBeGreaterThan(0)
        expect((await migrate(pooler.through(empty.url))).applied).toEqual([])
      } finally {
        // PgBouncer keeps connections to the database.
        await admin.pool.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = $1`, [
          new URL(empty.url).pathname.slice(1),
        ])
        await empty.drop()
      }
    })
  })
})
