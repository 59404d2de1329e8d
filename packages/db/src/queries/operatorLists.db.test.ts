import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { countExists, countExistsStatus } from './countExists.ts'
import { type ExistsVerdict, listExists } from './listExists.ts'
import { type ListedRejected, listRejected } from './listRejected.ts'
import { lastRejectedId, rejectedToReplay } from './rejectedToReplay.ts'

const EXISTS = 60_000
const REJECTED = 5_000

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test' })
  // One exists in a thousand failed; a hundred exists share each end of a period.
  await database.pool.query(
    `insert into instance_exists (deployment_id, dedup_key, message_id, notification_id, "when", instance, versioned,
                                  launched_at, image_type, audit_period_ending, status, fail_reason)
     select 1, n, 'm' || n, n, n, 'i' || n, false, n, 0, n / 100,
            case when n % 1000 = 7 then 'failed' when n > 59000 then 'pending' else 'verified' end,
            case when n % 1000 = 7 then (case when n % 2000 = 7 then 'no launch: ' else 'field missing: ' end) || n end
       from generate_series(1, ${EXISTS}) as n`,
  )
  await database.pool.query(
    `insert into rejected_message (deployment, exchange, routing_key, reason, detail, body, body_size, body_sha256, received_at)
     select 'east', 'nova', 'k', case when n % 2 = 0 then 'not json' else 'no time' end, 'number ' || n,
            convert_to(repeat('x', 1000), 'utf8'), case when n = 3 then 2000 else 1000 end, n, n
       from generate_series(1, ${REJECTED}) as n`,
  )
  // Flush the statistics of the inserts first; otherwise they would be counted twice after analyze.
  await scans('instance_exists')
  await database.pool.query('analyze')
})

afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

async function exists(search: Parameters<typeof listExists>[1]): Promise<ExistsVerdict[]> {
  const rows: ExistsVerdict[] = []
  await listExists(database, search, (batch) => rows.push(...batch))
  return rows
}

async function rejected(search: Parameters<typeof listRejected>[1]): Promise<ListedRejected[]> {
  const rows: ListedRejected[] = []
  await listRejected(database, search, (batch) => rows.push(...batch))
  return rows
}

/** Number of sequential scans of a table, from PostgreSQL's statistics. */
async function scans(table: string): Promise<number> {
  await database.pool.query('select pg_stat_force_next_flush()')
  await new Promise((resolve) => setTimeout(resolve, 50))
  const { rows } = await database.pool.query<{ scans: string }>(
    'select seq_scan as scans from pg_stat_user_tables where relname = $1',
    [table],
  )
  return Number(rows[0]?.scans)
}

describe('exists', () => {
  test('are listed by period, latest first, then by id', async () => {
    expect((await exists({ limit: 3 })).map(({ messageId }) => messageId)).toEqual(['m60000', 'm59999', 'm59998'])
    const ids = (await exists({ status: 'failed', limit: 2 })).map(({ messageId, reason }) => `${messageId} ${reason}`)
    expect(ids).toEqual(['m59007 field missing: 59007', 'm58007 no launch: 58007'])
  })

  test('are all listed in order without a limit', async () => {
    const all = await exists({ service: 'nova', limit: Number.POSITIVE_INFINITY })
    expect(all.length).toBe(EXISTS)
    expect(all.map(({ messageId }) => Number(messageId?.slice(1)))).toEqual(
      Array.from({ length: EXISTS }, (_, index) => EXISTS - index),
    )
  })

  test('are filtered by the end of their period (until exclusive) and by a substring of the reason', async () => {
    expect((await exists({ from: 10, until: 12, limit: 1000 })).length).toBe(200)
    expect((await exists({ reason: 'NO LAUNCH', limit: 1000 })).length).toBe(30)
    expect((await exists({ service: 'glance', limit: 1000 })).length).toBe(0)
  })

  test.each([{ limit: 100 }, { limit: 100, status: 'failed' as const }, { limit: 100, from: 100, until: 111 }])(
    'are listed by %j without a sequential scan',
    async (search) => {
      const before = await scans('instance_exists')
      await exists(search)
      expect(await scans('instance_exists')).toBe(before)
    },
  )

  test('are counted by status, send status and reason with a scan of the table', async () => {
    const before = await scans('instance_exists')
    expect(await countExists(database, 'nova')).toEqual({
      status: { pending: 999, verifying: 0, verified: EXISTS - 999 - 60, failed: 60 },
      sendStatus: { 0: EXISTS },
      reasons: [
        { reason: 'field missing', number: 30 },
        { reason: 'no launch', number: 30 },
      ],
    })
    expect(await scans('instance_exists')).toBeGreaterThan(before)
  })

  test.each([true, false])('are counted by status, exactly (%s) or from the statistics', async (exact) => {
    expect(await countExistsStatus(database, 'nova', exact)).toEqual({
      pending: 999,
      verifying: 0,
      verified: EXISTS - 999 - 60,
      failed: 60,
    })
  })
})

describe('rejected messages', () => {
  test('are listed newest first, all or by a substring of reason or detail', async () => {
    const all = await rejected({ limit: Number.POSITIVE_INFINITY })
    expect(all.map(({ id }) => id)).toEqual(Array.from({ length: REJECTED }, (_, index) => REJECTED - index))
    expect((await rejected({ reason: 'No Time', limit: 2 })).map(({ id }) => id)).toEqual([4999, 4997])
    expect((await rejected({ reason: 'number 4711', limit: 9 })).map(({ id }) => id)).toEqual([4711])
    expect((await rejected({ ids: [3, 9_999], limit: 9 })).map(({ id, kept, size }) => [id, kept, size])).toEqual([
      [3, 1000, 2000],
    ])
  })

  test('are replayed in order of id, limited by count and bytes, truncated messages without body', async () => {
    const range = { ids: null, after: 0, upTo: await lastRejectedId(database) }
    expect(range.upTo).toBe(REJECTED)
    const next = await rejectedToReplay(database, range, 5, 1e6)
    expect(next.map(({ id, body }) => [id, body?.length ?? null])).toEqual([
      [1, 1000],
      [2, 1000],
      [3, null],
      [4, 1000],
      [5, 1000],
    ])
    expect((await rejectedToReplay(database, { ...range, after: 5 }, 500, 2500)).map(({ id }) => id)).toEqual([6, 7, 8])
    expect((await rejectedToReplay(database, range, 500, 1)).map(({ id }) => id)).toEqual([1])
    const some = { ids: [9, 7, 4_998], after: 7, upTo: 100 }
    expect((await rejectedToReplay(database, some, 500, 1e6)).map(({ id }) => id)).toEqual([9])
  })
})
