import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { DAY, type Service, services } from '@stacktach/domain'
import { createTestDatabase, postgresBinaries, startReplicated, type TestDatabase } from '@stacktach/testing'
import type pg from 'pg'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { Partitions } from '../store/partitions.ts'
import {
  dueRows,
  dueRowsStatement,
  inArrivalSnapshot,
  MAX_SCANNED_ROWS,
  transactionSnapshot,
} from './arrivalQueries.ts'
import { ArrivalReader, arrivalsBefore } from './arrivals.ts'
import { type ArrivalFilter, latestArrivals } from './latestArrivals.ts'
import { beforeTransaction, compareArrivals, formatPosition } from './position.ts'
import { TRANSACTION_IDS } from './transactionId.ts'

const START = 1_795_000_000_000_000

let testDatabase: TestDatabase
let db: Database

beforeEach(async () => {
  testDatabase = await createTestDatabase(migrate)
  db = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 16 })
  await prepare(db)
})

afterEach(async () => {
  await db.close()
  await testDatabase.drop()
})

/** Partitions of three days, and a deployment with id 1. */
async function prepare(database: Database): Promise<void> {
  const partitions = new Partitions(database.pool, 1)
  for (const service of services) await partitions.ensure(service, [START, START + DAY, START + 2 * DAY])
  await database.pool.query(`insert into deployment (name) values ('east')`)
}

const columns: Record<Service, string> = {
  nova: 'versioned, os_architecture, os_distro, os_version, rax_options,',
  glance: '',
  generic: '',
}

/** Inserts rows in one statement, in partitions of three days. Returns their ids. */
async function insert(client: Pick<pg.ClientBase, 'query'>, service: Service, count: number): Promise<number[]> {
  const extra = service === 'nova' ? `false, '', '', '', '',` : ''
  const { rows } = await client.query<{ id: number | string }>(
    `insert into notification_${service} (deployment_id, "when", dedup_key, routing_key, publisher, service, event, request_id,
                                          ${columns[service]} image_type, json)
     select 1, $1::bigint + n % 3 * ${DAY} + n, gen_random_uuid()::text, 'notifications.info', 'p', 's', 'e', 'r', ${extra} 0, '{}'
       from generate_series(1, $2::int) n returning id`,
    [START, count],
  )
  return rows.map(({ id }) => Number(id))
}

/** Resolves when all transactions that have begun have ended, also those of other tests on the same server. */
async function allEnded(): Promise<void> {
  const { rows } = await db.pool.query<{ begun: number }>('select pg_current_xact_id()::text::bigint as begun')
  const begun = rows[0]?.begun ?? 0
  while ((await inArrivalSnapshot(db, transactionSnapshot)).horizon <= begun) await pause()
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 20))

/** Reads everything that was committed, and returns `service-id` in the order of arrival. */
async function drain(reader: ArrivalReader, limit = 1_000): Promise<string[]> {
  await allEnded()
  return readAll(reader, limit)
}

/** Like drain, without waiting for transactions that are still open. */
async function readAll(reader: ArrivalReader, limit = 1_000): Promise<string[]> {
  const read: string[] = []
  for (;;) {
    const batch = await reader.next(limit)
    if (batch === null) throw new Error('too many rows')
    expect(batch.arrivals.map(({ position }) => position).sort(compareArrivals)).toEqual(
      batch.arrivals.map(({ position }) => position),
    )
    read.push(...batch.arrivals.map(({ service, notification }) => `${service}-${notification.id}`))
    if (!batch.more) return read
  }
}

/** A transaction on a connection of its own. */
async function transaction(database = db) {
  const client = await database.pool.connect()
  await client.query('begin')
  const end = (command: string) => async () => {
    await client.query(command)
    client.release()
  }
  return { client, commit: end('commit'), rollback: end('rollback') }
}

const named = (service: Service, ids: readonly number[]) => ids.map((id) => `${service}-${id}`)

describe('the order of arrival', () => {
  test('begins with the rows of transactions that have not ended', async () => {
    await insert(db.pool, 'nova', 3)
    await allEnded()
    const open = await transaction()
    const ids = await insert(open.client, 'glance', 2)
    const reader = await ArrivalReader.open(db)
    expect(await readAll(reader)).toEqual([])
    await open.commit()
    expect(await drain(reader)).toEqual(named('glance', ids))
    expect(await drain(reader)).toEqual([])
  })

  test('has rows of transactions that commit in another order than they took ids', async () => {
    const reader = await ArrivalReader.open(db)
    const [first, second, aborted] = [await transaction(), await transaction(), await transaction()]
    const ofFirst = await insert(first.client, 'nova', 2)
    await insert(aborted.client, 'nova', 2)
    const ofSecond = await insert(second.client, 'nova', 2)
    await second.commit()
    // The first transaction is older and still open.
    expect(await reader.next(10)).toMatchObject({ arrivals: [], heldBack: true })
    await aborted.rollback()
    expect(await readAll(reader)).toEqual([])
    await first.commit()
    expect(await drain(reader)).toEqual([...named('nova', ofFirst), ...named('nova', ofSecond)])
  })

  test('has the rows of a transaction that stays open while many others commit', async () => {
    const reader = await ArrivalReader.open(db)
    const expected: string[] = []
    for (let round = 0; round < 3; round++) {
      const open = await transaction()
      const early = await insert(open.client, 'nova', 1)
      let others: string[] = []
      for (let number = 0; number < 300; number++)
        others = [...others, ...named('nova', await insert(db.pool, 'nova', 1))]
      expect(await readAll(reader)).toEqual([])
      const late = await insert(open.client, 'generic', 1)
      await open.commit()
      expected.splice(0, expected.length, ...named('nova', early), ...named('generic', late), ...others)
      expect(await drain(reader, 100)).toEqual(expected)
    }
  })

  test('has the full transaction ids, also when their low 32 bits begin again', async () => {
    const ids = await insert(db.pool, 'nova', 2)
    const { rows } = await db.pool.query<{ xmin: number }>('select xmin::text::bigint as xmin from notification_nova')
    const xmin = rows[0]?.xmin ?? 0
    const read = (horizon: number) =>
      inArrivalSnapshot(db, (client) =>
        dueRows(client, {
          after: beforeTransaction(3 * TRANSACTION_IDS - 5),
          horizon,
          above: { nova: 0, glance: 0, generic: 0 },
          limit: 10,
        }),
      )
    expect(await read(3 * TRANSACTION_IDS + xmin)).toEqual([])
    expect((await read(3 * TRANSACTION_IDS + xmin + 1))?.map(({ position }) => position)).toEqual(
      ids.map((id) => ({ transaction: 3 * TRANSACTION_IDS + xmin, service: 'nova', id })),
    )
  })

  test('returns the rows of one transaction in pieces', async () => {
    const reader = await ArrivalReader.open(db)
    const { client, commit } = await transaction()
    const expected = [
      ...named('nova', await insert(client, 'nova', 25)),
      ...named('glance', await insert(client, 'glance', 3)),
      ...named('generic', await insert(client, 'generic', 7)),
    ]
    await commit()
    expect(await drain(reader, 10)).toEqual(expected)
  })

  test('has a row once when it is updated later', async () => {
    const reader = await ArrivalReader.open(db)
    const ids = await insert(db.pool, 'nova', 3)
    expect(await drain(reader)).toEqual(named('nova', ids))
    await db.pool.query(`update notification_nova set event = 'other'`)
    const more = await insert(db.pool, 'nova', 1)
    expect(await drain(reader)).toEqual(named('nova', more))
  })

  test('a failed read loses nothing', async () => {
    const reader = await ArrivalReader.open(db)
    const ids = await insert(db.pool, 'nova', 3)
    await allEnded()
    const { client, rollback } = await transaction()
    await client.query('lock table notification_nova in access exclusive mode')
    await client.query(`set local idle_in_transaction_session_timeout = 0`)
    const waiting = reader.next(10)
    const failure = waiting.catch((error: unknown) => error)
    for (let tries = 0; tries < 50; tries++) {
      await db.pool.query(
        `select pg_cancel_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      )
      const settled = await Promise.race([failure, new Promise((resolve) => setTimeout(resolve, 50, 'waiting'))])
      if (settled !== 'waiting') break
    }
    expect(await failure).toMatchObject({ code: '57014' })
    await rollback()
    expect(await drain(reader)).toEqual(named('nova', ids))
  })

  test('each committed row is returned once while transactions run concurrently', async () => {
    const reader = await ArrivalReader.open(db)
    const committed: string[] = []
    let remaining = 400
    const worker = async (seed: number) => {
      while (remaining-- > 0) {
        const work = await transaction()
        const rows: string[] = []
        for (let step = 0; step <= (remaining + seed) % 3; step++) {
          const service = services[(remaining + step) % 3] ?? 'nova'
          rows.push(...named(service, await insert(work.client, service, 1 + (remaining % 4))))
          if ((remaining + seed) % 7 === 0) await new Promise((resolve) => setTimeout(resolve, (seed * 13) % 40))
        }
        if (remaining % 5 === 0) await work.rollback()
        else {
          await work.commit()
          committed.push(...rows)
        }
      }
    }
    const read: string[] = []
    let working = true
    const reading = (async () => {
      while (working) read.push(...(await readAll(reader, 50)))
    })()
    await Promise.all([1, 2, 3, 4, 5, 6].map(worker))
    working = false
    await reading
    read.push(...(await drain(reader)))
    expect(new Set(read).size).toBe(read.length)
    expect([...read].sort()).toEqual([...committed].sort())
  })

  test('can be resumed after any row: the earlier rows are the same in the same order', async () => {
    const reader = await ArrivalReader.open(db)
    const start = reader.position
    const [a, b] = [await transaction(), await transaction()]
    await insert(a.client, 'nova', 2)
    await insert(b.client, 'glance', 2)
    await insert(a.client, 'generic', 1)
    await b.commit()
    await a.commit()
    await insert(db.pool, 'nova', 1)
    await allEnded()
    const batch = await reader.next(100)
    const positions = batch?.arrivals.map(({ position }) => formatPosition(position))
    expect(positions).toHaveLength(6)
    const open = await transaction()
    await insert(open.client, 'nova', 1)
    const later = await ArrivalReader.open(db)
    await open.commit()
    const earlier = await arrivalsBefore(db, later.position, 100)
    expect(
      earlier.arrivals
        .filter(({ position }) => compareArrivals(position, start) >= 0)
        .map(({ position }) => formatPosition(position)),
    ).toEqual(positions)
    expect(earlier.completeFrom).toEqual({ transaction: 0, service: 'nova', id: 0 })
    const last = await arrivalsBefore(db, later.position, 2)
    expect(last.arrivals.map(({ position }) => formatPosition(position))).toEqual(positions?.slice(-2))
    expect(last.completeFrom).toEqual(last.arrivals[0]?.position)
  })
})

describe('the latest arrivals', () => {
  const latest = async (filter: ArrivalFilter, limit = 10) => {
    await allEnded()
    return (await latestArrivals(db, filter, limit)).arrivals.map(
      ({ service, notification }) => `${service}-${notification.id}`,
    )
  }

  test('are newest first, in the order of arrival', async () => {
    const ids = [
      ...named('nova', await insert(db.pool, 'nova', 2)),
      ...named('generic', await insert(db.pool, 'generic', 1)),
      ...named('nova', await insert(db.pool, 'nova', 1)),
    ]
    expect(await latest({})).toEqual(ids.toReversed())
    expect(await latest({}, 2)).toEqual(ids.toReversed().slice(0, 2))
    expect(await latest({ service: 'generic' })).toEqual(['generic-1'])
  })

  test('are followed by those of a reader that starts at the position', async () => {
    const first = await insert(db.pool, 'nova', 1)
    await allEnded()
    const open = await transaction()
    const second = await insert(open.client, 'nova', 1)
    // Committed, but later than a transaction that is still open.
    const third = await insert(db.pool, 'glance', 1)
    const { arrivals, position } = await latestArrivals(db, {}, 10)
    expect(arrivals.map(({ notification }) => notification.id)).toEqual(first)
    const reader = await ArrivalReader.open(db)
    expect(compareArrivals(reader.position, position)).toBeGreaterThanOrEqual(0)
    await open.commit()
    expect(await drain(reader)).toEqual([...named('nova', second), ...named('glance', third)])
  })

  test('match the filter', async () => {
    await db.pool.query(`insert into deployment (name) values ('west')`)
    await insert(db.pool, 'nova', 4)
    await db.pool.query(`update notification_nova set event = 'x' where id = 1`)
    await db.pool.query(`update notification_nova set instance = 'i1' where id = 2`)
    await db.pool.query(`update notification_nova set deployment_id = 2 where id = 3`)
    await db.pool.query(`update notification_nova set routing_key = 'notifications.error' where id = 4`)
    expect(await latest({ event: 'x' })).toEqual(['nova-1'])
    expect(await latest({ instance: 'i1' })).toEqual(['nova-2'])
    expect(await latest({ deployment: 'west' })).toEqual(['nova-3'])
    expect(await latest({ deployment: 'nowhere' })).toEqual([])
    expect(await latest({ errors: true })).toEqual(['nova-4'])
    expect(await latest({ errors: true, service: 'glance' })).toEqual([])
  })
})

describe('on tables of any size', () => {
  const ROWS = 150_000

  beforeEach(async () => {
    await db.pool.query(`alter table notification_nova disable trigger all`)
    await insert(db.pool, 'nova', ROWS)
    await db.pool.query('analyze notification_nova, notification_glance, notification_generic')
  })

  test('a read uses the primary keys, and reads only rows with higher ids', async () => {
    const plan = await inArrivalSnapshot(db, async (client) => {
      await client.query(`prepare due as ${dueRowsStatement}`)
      const { rows } = await client.query(
        `explain (analyze, format json) execute due(${ROWS - 50}, 0, 0, 3, 2147483648, 0, 0, 1000)`,
      )
      return JSON.stringify(rows)
    })
    expect(plan).not.toContain('Seq Scan')
    const scans = [...plan.matchAll(/"Index Name":"([^"]+)"/g)].map(([, name]) => name)
    expect(scans.length).toBeGreaterThan(0)
    expect(scans.filter((name) => !name?.endsWith('_pkey'))).toEqual([])
    const actual = [...plan.matchAll(/"Actual Rows":(\d+)/g)].map(([, rows]) => Number(rows))
    expect(Math.max(...actual)).toBe(50)
  })

  test('a reader skips rows if more arrive at once than it reads', async () => {
    const reader = await ArrivalReader.open(db)
    await insert(db.pool, 'nova', MAX_SCANNED_ROWS)
    await allEnded()
    expect(await reader.next(10)).toBeNull()
    const next = await ArrivalReader.open(db)
    const ids = await insert(db.pool, 'nova', 2)
    expect(await drain(next)).toEqual(named('nova', ids))
  })

  test('the earlier rows are complete from a later position on', async () => {
    const reader = await ArrivalReader.open(db)
    const [first, ...rest] = [...Array(30).keys()]
    await insert(db.pool, 'nova', 1_000 + (first ?? 0))
    for (const _ of rest) await insert(db.pool, 'nova', 1_000)
    await allEnded()
    const later = await ArrivalReader.open(db)
    const { arrivals, completeFrom } = await arrivalsBefore(db, later.position, 100_000)
    expect(compareArrivals(completeFrom, reader.position)).toBeGreaterThan(0)
    expect(arrivals.every(({ position }) => compareArrivals(position, completeFrom) >= 0)).toBe(true)
    const read = await drain(reader, 5_000)
    expect(arrivals.map(({ service, notification }) => `${service}-${notification.id}`)).toEqual(
      read.slice(-arrivals.length),
    )
    expect(arrivals.length).toBeGreaterThan(15_000)
  })
})

const binaries = postgresBinaries()
const withBinaries = binaries === null ? describe.skip : describe

withBinaries('on a standby', () => {
  test('each committed row is returned once, also of transactions that commit in another order', async () => {
    const servers = await startReplicated(binaries ?? '')
    await migrate(servers.primary.url)
    const primary = openDatabase({ url: servers.primary.url, applicationName: 'test' })
    const standby = openDatabase({ url: servers.standby.url, applicationName: 'test', readOnly: true })
    try {
      await prepare(primary)
      await servers.caughtUp()
      const reader = await ArrivalReader.open(standby)
      const [first, second] = [await transaction(primary), await transaction(primary)]
      const ofFirst = await insert(first.client, 'nova', 2)
      const ofSecond = await insert(second.client, 'nova', 2)
      await second.commit()
      await servers.caughtUp()
      expect(await readAll(reader)).toEqual([])
      const third = await insert(primary.pool, 'glance', 1)
      await first.commit()
      await servers.caughtUp()
      expect(await readAll(reader)).toEqual([
        ...named('nova', ofFirst),
        ...named('nova', ofSecond),
        ...named('glance', third),
      ])
    } finally {
      await Promise.all([primary.close(), standby.close()])
      await servers.drop()
    }
  }, 60_000)
})
