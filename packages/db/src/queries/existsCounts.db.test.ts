import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DAY, HOUR, MINUTE } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import fc from 'fast-check'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { isWholeAuditPeriod } from '../sql/auditPeriod.ts'
import { inTransaction } from '../sql/transaction.ts'
import { type ExistsPlace, existsList } from './existsList.ts'
import { existsPeriods } from './existsPeriods.ts'

let testDatabase: TestDatabase
let db: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  db = openDatabase({ url: testDatabase.url, applicationName: 'exists counts test' })
  await db.pool.query(`insert into deployment (name) values ('west'), ('east')`)
})

afterAll(async () => {
  await db?.close()
  await testDatabase?.drop()
})

const NOON = 20_000 * DAY + 12 * HOUR

let nextKey = 0

async function insert(values: { start: number | null; end: number | null; deployment: number; rows: number }) {
  const { start, end, deployment, rows } = values
  await db.pool.query(
    `insert into instance_exists (deployment_id, dedup_key, notification_id, "when", instance, launched_at, image_type,
       versioned, audit_period_beginning, audit_period_ending)
     select $1, $2 || '-' || g, g, $3, 'i-' || g % 5, 0, 0, false, $4, $5 from generate_series(1, $6) g`,
    [deployment, String(nextKey++), NOON, start, end, rows],
  )
}

/** The counts of a service by counting its exists. */
const counted = (service: string, table: string) => `
  select '${service}' as service, coalesce(audit_period_beginning, 0) as period_start,
         case when ${isWholeAuditPeriod('audit_period_beginning', 'audit_period_ending')} then audit_period_ending else 0 end as period_end,
         deployment_id, status, case when status = 'failed' then split_part(coalesce(fail_reason, ''), ':', 1) else '' end as reason,
         send_status between 200 and 299 as published, count(*) as count
    from ${table} group by 1, 2, 3, 4, 5, 6, 7`

async function expectEqualCounts() {
  const stored = await db.pool.query(
    `select service, period_start, period_end, deployment_id, status, reason, published, sum(count)::bigint as count
       from exists_count group by 1, 2, 3, 4, 5, 6, 7 having sum(count) <> 0 order by 1, 2, 3, 4, 5, 6, 7`,
  )
  const actual = await db.pool.query(
    `select * from (${counted('nova', 'instance_exists')} union all ${counted('glance', 'image_exists')}) c
      order by 1, 2, 3, 4, 5, 6, 7`,
  )
  expect(stored.rows).toEqual(actual.rows)
}

describe('the counts of exists', () => {
  const periods: readonly (readonly [start: number | null, end: number | null])[] = [
    [NOON, NOON + HOUR],
    [NOON, NOON + 20 * MINUTE],
    [NOON + HOUR, NOON + 2 * HOUR],
    [NOON + 15 * MINUTE, NOON + HOUR + 15 * MINUTE],
    [NOON - DAY / 2, NOON + DAY / 2],
    [Date.UTC(2026, 1, 1) * 1000, Date.UTC(2026, 2, 1) * 1000],
    [Date.UTC(2025, 0, 1) * 1000, Date.UTC(2026, 0, 1) * 1000],
    [null, null],
    [null, NOON],
  ]
  const change = fc.oneof(
    fc.record({
      kind: fc.constant('insert' as const),
      period: fc.constantFrom(...periods),
      deployment: fc.constantFrom(1, 2),
      rows: fc.nat(6),
    }),
    fc.record({
      kind: fc.constant('update' as const),
      status: fc.constantFrom('pending', 'verifying', 'verified', 'failed'),
      reason: fc.constantFrom(null, 'no launch: a', 'no launch: b', 'no delete'),
      send: fc.constantFrom(0, 201, 404),
      part: fc.constantFrom(2, 3, 5),
    }),
    fc.record({ kind: fc.constant('move' as const), period: fc.constantFrom(...periods) }),
    fc.record({ kind: fc.constant('delete' as const), part: fc.constantFrom(2, 3, 7) }),
  )

  test('are those of the exists after any changes, by any connections', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 12 }), async (changes) => {
        for (const entry of changes) {
          if (entry.kind === 'insert') {
            const [start, end] = entry.period
            await insert({ start, end, deployment: entry.deployment, rows: entry.rows })
          } else if (entry.kind === 'update') {
            const update = `update instance_exists set status = $1, fail_reason = $2, send_status = $3 where id % $4 = 0`
            const values = [entry.status, entry.status === 'failed' ? entry.reason : null, entry.send, entry.part]
            await Promise.all([db.pool.query(update, values), db.pool.query('select pg_sleep(0.002)')])
          } else if (entry.kind === 'move') {
            await db.pool.query(
              `update instance_exists set audit_period_beginning = $1, audit_period_ending = $2 where id % 11 = 0`,
              [...entry.period],
            )
          } else await db.pool.query('delete from instance_exists where id % $1 = 1', [entry.part])
        }
        await expectEqualCounts()
      }),
      { numRuns: 25 },
    )
  }, 120_000)

  test('of images, and of a transaction that is rolled back', async () => {
    await db.pool.query(
      `insert into image_exists (deployment_id, dedup_key, notification_id, "when", tie_break, uuid, created_at,
         audit_period_beginning, audit_period_ending)
       select 1, 'i-' || g, g, 0, '', 'u-' || g, 0, $1::bigint, $1::bigint + $2::bigint from generate_series(1, 5) g`,
      [NOON, DAY],
    )
    await db.pool.query(
      `update image_exists set status = 'failed', fail_reason = 'no launch: x' where dedup_key = 'i-3'`,
    )
    const rolledBack = inTransaction(db.pool, async (client) => {
      await client.query('delete from image_exists')
      throw new Error('undone')
    })
    await expect(rolledBack).rejects.toThrow('undone')
    await expectEqualCounts()
    expect(await existsPeriods(db, { service: 'glance', limit: 5 })).toEqual([
      {
        start: NOON,
        counts: [
          {
            periodEnd: NOON + DAY,
            deployment: 'west',
            status: 'failed',
            reason: 'no launch',
            published: false,
            count: 1,
          },
          { periodEnd: NOON + DAY, deployment: 'west', status: 'pending', reason: null, published: false, count: 4 },
        ],
      },
    ])
  })

  test('never block transactions of each other', async () => {
    await insert({ start: NOON, end: NOON + HOUR, deployment: 1, rows: 4 })
    const { rows } = await db.pool.query<{ id: number }>('select id from instance_exists order by id desc limit 2')
    const [one, other] = rows.map(({ id }) => id)
    const verify = 'update instance_exists set status = $2 where id = $1'
    await inTransaction(db.pool, async (client) => {
      await client.query(verify, [one, 'verified'])
      // Would wait for the transaction around it if both changed one row of the counts.
      await inTransaction(db.pool, async (second) => {
        await second.query(`set local lock_timeout = '2s'`)
        await second.query(verify, [other, 'verified'])
      })
    })
    await expectEqualCounts()
  })
})

describe('lists of exists', () => {
  test('have each exists once, whatever the page size, and those without a period first', async () => {
    await insert({ start: null, end: null, deployment: 2, rows: 7 })
    await insert({ start: NOON, end: NOON + HOUR, deployment: 2, rows: 9 })
    const { rows } = await db.pool.query<{ id: number }>(
      `select id from instance_exists order by audit_period_beginning desc, id desc`,
    )
    for (const limit of [1000, 4]) {
      const ids: number[] = []
      let after: ExistsPlace | undefined
      for (;;) {
        const page = await existsList(db, { service: 'nova', after, limit })
        ids.push(...page.map(({ id }) => id))
        after = page.at(-1)
        if (page.length < limit) break
      }
      expect(ids).toEqual(rows.map(({ id }) => id))
    }
  })

  test('have as many exists as the counts say', async () => {
    const periods = await existsPeriods(db, { service: 'nova', limit: 100 })
    expect(periods.length).toBeGreaterThan(1)
    for (const { start, counts } of periods) {
      const total = counts.reduce((sum, { count }) => sum + count, 0)
      expect(await existsList(db, { service: 'nova', periodStart: start, limit: 10_000 })).toHaveLength(total)
      const east = counts.filter(({ deployment }) => deployment === 'east').reduce((sum, { count }) => sum + count, 0)
      const filter = { service: 'nova', periodStart: start, deployment: 'east' } as const
      expect(await existsList(db, { ...filter, limit: 10_000 })).toHaveLength(east)
    }
    const [first, second] = periods
    expect(await existsPeriods(db, { service: 'nova', before: first?.start ?? 0, limit: 1 })).toEqual([second])
  })
})
