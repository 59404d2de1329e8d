import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { openDatabase } from '@stacktach/db'
import { type Api, startApi } from '../testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from '../testkit/testDatabase.ts'

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}

/** Tables that do not grow with the number of notifications. */
const smallTables = ['deployment', 'event', 'setting']

const ROWS = 60_000
const DAYS = 60
const DAY = 86_400_000_000
const START = 20_000 * DAY
const instance = '1679091c-5a88-0faf-6fb5-e6087eb1b2dc' // md5 of 6

let database: TestDatabase
let explaining: ReturnType<typeof openDatabase>
let api: Api

/** A time at the start of a day, as a parameter. */
const dayText = (day: number) => `${new Date((START + day * DAY) / 1000).toISOString().slice(0, 10)}%2000:00:00`

beforeAll(async () => {
  database = await createTestDatabase()
  const when = `${START} + g::bigint * ${(DAYS * DAY) / ROWS}`
  const series = `from generate_series(0, ${ROWS - 1}) g`
  const uuid = (n: string) => `md5((${n})::text)::uuid::text`
  for (const statement of [
    `insert into deployment (name) values ('east')`,
    `create table notification_nova_all partition of notification_nova default`,
    `insert into event select 'nova', 'event-' || g from generate_series(0, 9) g`,
    `insert into notification_nova (id, "when", deployment_id, dedup_key, routing_key, publisher, service, event, versioned,
       request_id, image_type, os_architecture, os_distro, os_version, rax_options, json)
     select g, ${when}, 1, g, '', '', '', 'event-' || g % 10, false, '', 0, '', '', '', '', '{}' ${series}`,
    `insert into instance_launch (instance, request_id, launched_at, first_when, tenant)
     select ${uuid('g / 2')}, 'req-' || g, case when g % 3 > 0 then ${when} end, 0, (g % 1000)::text ${series}`,
    `insert into instance_delete (instance, launched_at, deleted_at, notification_id)
     select ${uuid('g / 2')}, ${when}, ${when}, g ${series}`,
    // Every third exists is versioned, without a counterpart.
    `insert into instance_exists (deployment_id, dedup_key, message_id, notification_id, "when", instance, launched_at, deleted_at,
       audit_period_beginning, audit_period_ending, image_type, versioned, tenant, status)
     select 1, g, 'm-' || g, g, ${when}, ${uuid('g / 24')}, ${when}, case when g % 100 = 0 then ${when} end,
            (${when}) / 3600000000 * 3600000000, (${when}) / 3600000000 * 3600000000 + 3600000000, 0, g % 3 = 0,
            (g % 1000)::text, case when g % 1000 = 7 then 'failed' else 'verified' end ${series}`,
    `insert into image_usage (uuid, created_at, notification_id, "when", priority, tie_break)
     select ${uuid('g')}, ${when}, g, ${when}, 1, '' ${series}`,
    `insert into image_delete (uuid, deleted_at, notification_id, "when", tie_break)
     select ${uuid('g')}, ${when}, g, ${when}, '' ${series}`,
    `insert into image_exists (deployment_id, dedup_key, message_id, notification_id, "when", tie_break, uuid, created_at)
     select 1, g / 3, 'g-' || g / 3, g, ${when}, '', ${uuid('g')}, ${when} ${series}`,
    `insert into outbox (service, key, message_id, original_message_id, notification_id, notification_when, created_at)
     select 'nova', g, g, 'm-' || g, g, 1, 1 ${series}`,
    'vacuum analyze',
  ]) {
    await database.db.pool.query(statement)
  }
  explaining = openDatabase({ url: database.url, applicationName: 'explain', size: 1 })
  api = await startApi(database.db, undefined, { confirmations: database.db })
}, 120_000)

afterAll(async () => {
  await api?.stop()
  await explaining?.close()
  await database?.drop()
})

const day = (field: string, from = 5) => `${field}_min=${dayText(from)}&${field}_max=${dayText(from + 1)}`
const PER_DAY = ROWS / DAYS + 1

/** Path, and the maximum number of rows that any node of its plans reads from a growing table. */
const paths: [path: string, rows: number][] = [
  ['usage/launches', 50],
  ['usage/launches?direction=asc', 50],
  ['usage/launches?limit=1000', 1000],
  ['usage/launches?offset=40000', 40_050],
  [`usage/launches?${day('launched_at')}`, 50],
  [`usage/launches?order_by=id&direction=asc&after=30000`, 50],
  [`usage/launches?instance=${instance}`, 2],
  ['usage/launches/300', 1],
  ['usage/deletes', 50],
  [`usage/deletes?${day('launched_at')}`, 50],
  [`usage/deletes?${day('deleted_at')}&order_by=deleted_at`, 50],
  [`usage/deletes?instance=${instance}`, 2],
  ['usage/exists', 50],
  ['usage/exists?order_by=id&direction=asc&after=30000&limit=1000', 1000],
  [`usage/exists?instance=${instance}`, 24],
  // The rows of a period are read and sorted, not all rows after it.
  ...['audit_period_beginning', 'audit_period_ending', 'received'].map((field): [string, number] => [
    `usage/exists?${day(field)}`,
    // The end is inclusive: the periods of 25 hours.
    (ROWS / DAYS / 24) * 25 + 2,
  ]),
  ['usage/exists?tenant=7', 60],
  [`usage/exists?${day('received')}&tenant=7`, PER_DAY],
  [`stats/nova/exists?${day('received')}`, PER_DAY],
  [`stats/nova/exists?instance=${instance}`, 24],
  ['usage/glance/images', 50],
  [`usage/glance/images?${day('created_at')}`, 50],
  ['usage/glance/deletes', 50],
  ['usage/glance/exists', 50],
  [`usage/glance/exists?${day('received')}`, PER_DAY],
  [`stats/events?${day('when')}&event=event-3`, PER_DAY / 10 + 1],
  [`stats/events?${day('when')}`, PER_DAY],
]

test.each(paths)('%s reads at most %d rows per node', async (path, rows) => {
  await expectFew(path, rows)
})

test.each([
  ['confirm/usage/exists/m-300', '{"send_status": 201}', 2],
  [
    'confirm/usage/exists/batch',
    '{"version": 1, "messages": {"nova": {"m-7": 201, "m-8": 201}, "glance": {"g-5": 201}}}',
    6,
  ],
])('%s reads as many exists as it confirms', async (path, body, rows) => {
  await expectFew(path, rows, body)
})

async function expectFew(path: string, rows: number, body = ''): Promise<void> {
  const nodes = (await plansOf(`/db/${path}`, body)).flatMap(flatten)
  const growing = nodes.filter(
    (node) => !smallTables.includes(node['Relation Name'] ?? 'event') && node['Actual Loops'] > 0,
  )
  expect(growing.length).toBeGreaterThan(0)
  expect(growing.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([])
  for (const node of growing) {
    const rowsPerLoop = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)
    expect({ node, read: rowsPerLoop * node['Actual Loops'] <= rows }).toMatchObject({ read: true })
  }
}

/** PostgreSQL's plan of each statement that the request executes. */
async function plansOf(path: string, body: string): Promise<Plan[]> {
  const query = jest.spyOn(database.db.pool, 'query')
  const reply = await api.request(path, body === '' ? 'GET' : 'PUT', {}, body)
  const statements = query.mock.calls.map(([text, values]: unknown[]) => ({ text: String(text), values }))
  query.mockRestore()
  expect(reply).toMatchObject({ status: 200 })
  expect(statements.length).toBeGreaterThan(0)
  const plans: Plan[] = []
  for (const { text, values } of statements) {
    const { rows } = await explaining.pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
      `explain (analyze, format json) ${text}`,
      Array.isArray(values) ? values : [],
    )
    for (const row of rows) plans.push(row['QUERY PLAN'][0].Plan)
  }
  return plans
}

function flatten(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)]
}
