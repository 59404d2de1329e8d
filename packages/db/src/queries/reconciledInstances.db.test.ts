import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { planNodes } from '../testkit/plans.ts'
import { insertLaunch } from '../testkit/usageRows.ts'
import { reconciledInstances } from './reconciledInstances.ts'

let database: { url: string; drop(): Promise<void> }
let db: Database

beforeAll(async () => {
  database = await createTestDatabase(migrate)
  db = openDatabase({ url: database.url, applicationName: 'reconcile test' })
  // 50,000 instances: of ten one exists, in deployment 1 or 2.
  await db.pool.query(
    `insert into lifecycle (instance, notification_id, notification_when, folded_when, folded_tie_break, has_classic,
                            has_versioned, launched_at, deleted_at, tenant, host, deployment_id, state)
     select lpad(i::text, 6, '0'), 1, 5, 5, '', true, false, 1, case when i % 10 <> 0 then 4 end, 't', 'compute-1',
            1 + i / 10 % 2, 'active'
       from generate_series(0, 49999) as i`,
  )
  await insertLaunch(db, { instance: '000020', launchedAt: 1 })
  const latest = await insertLaunch(db, { instance: '000020', launchedAt: 3 })
  await db.pool.query(`update instance_launch set instance_flavor_id = '7' where id = $1`, [latest])
  await db.pool.query('vacuum analyze lifecycle')
})

afterAll(async () => {
  await db?.close()
  await database?.drop()
})

const read = (ids: string[], after: string, until: string | null, limit = 100) =>
  reconciledInstances(db, { ids, deployments: [1], after, until, limit })

test('reads the instances of a page, and those that exist in its range', async () => {
  const rows = await read(['000001', '000010', '000020', 'unknown'], '000000', '000040')
  expect(rows.map(({ instance, deletedAt, inRange }) => [instance, deletedAt, inRange])).toEqual([
    ['000001', 4, false],
    ['000010', null, false],
    ['000020', null, true],
    ['000040', null, true],
  ])
  expect(rows[2]).toEqual({
    ...{ instance: '000020', tenant: 't', host: 'compute-1', flavor: '7', state: 'active', launchedAt: 1 },
    ...{ deletedAt: null, lastWhen: 5, deploymentId: 1, inRange: true },
  })
})

test('a range without an end continues to the last instance, in steps of the limit', async () => {
  const rows = await read([], '049920', null, 3)
  expect(rows.map(({ instance }) => instance)).toEqual(['049940', '049960', '049980'])
  expect(await read([], '049980', null, 3)).toEqual([])
})

test('a page and its range are read by indexes', async () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => String(20_000 + index * 10).padStart(6, '0'))
  for (const until of ['029990', null]) {
    const nodes = await planNodes(db, () => read(ids, '019990', until, 1_000))
    const scans = nodes.filter((node) => node['Relation Name'] === 'lifecycle')
    expect(scans.length).toBeGreaterThan(0)
    expect(scans.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([])
    expect(nodes.map((node) => node['Index Name'])).toContain('lifecycle_existing_idx')
  }
})
