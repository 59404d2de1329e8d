import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { everyAggregate } from '@stacktach/testing'
import { type Cloud, type CloudServer, credential, startCloud } from './openstack.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'

let pipeline: Pipeline
let cloud: Cloud
let original: Record<string, string>

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

beforeAll(async () => {
  pipeline = await startPipeline(['east'])
  cloud = await startCloud()
  original = {
    ...pipeline.environment,
    OS_AUTH_URL: `${cloud.url}/identity`,
    OS_APPLICATION_CREDENTIAL_ID: credential.id,
    OS_APPLICATION_CREDENTIAL_SECRET: credential.secret,
    OS_REGION_NAME: 'east',
  }
  await pipeline.database.pool.query(`insert into deployment (name) values ('east-1'), ('west-1')`)
})

beforeEach(async () => {
  for (const name of Object.keys(pipeline.environment)) delete pipeline.environment[name]
  Object.assign(pipeline.environment, original)
  Object.assign(cloud, { servers: [], maxLimit: 1_000, faults: [], tokens: [], queries: [] })
  await pipeline.database.pool.query('truncate lifecycle, instance_launch')
})

afterAll(async () => {
  await cloud?.stop()
  await pipeline?.stop()
})

/** The id of an instance; a higher number is a later id. */
const idOf = (number: number) => `${String(number).padStart(8, '0')}-ae87-4401-b7ce-43e4760888da`

const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString()

function addServer(number: number, changes: Partial<CloudServer> = {}): void {
  cloud.servers.push({
    ...{ id: idOf(number), tenant: 't', host: 'compute-1', flavor: '2', state: 'active', status: 'ACTIVE' },
    ...{ created: ago(3 * HOUR_MS), updated: ago(2 * HOUR_MS), launchedAt: ago(2 * HOUR_MS).replace('Z', '000') },
    ...changes,
  })
}

interface Stored {
  deletedAgo?: number
  lastAgo?: number
  host?: string
  flavor?: string
  deployment?: string
}

async function store(numbers: readonly number[], stored: Stored = {}): Promise<void> {
  const { deletedAgo, lastAgo = HOUR_MS, host = 'compute-1', flavor = '2', deployment = 'east-1' } = stored
  const micros = (milliseconds: number) => (Date.now() - milliseconds) * 1000
  const ids = numbers.map(idOf)
  const { pool } = pipeline.database
  await pool.query(
    `insert into lifecycle (instance, notification_id, notification_when, folded_when, folded_tie_break, has_classic,
                            has_versioned, launched_at, deleted_at, tenant, host, deployment_id, state)
     select id, 1, $2, $2, '', true, false, $3, $4, 't', $5, (select d.id from deployment d where name = $6), 'active'
       from unnest($1::text[]) as id`,
    [ids, micros(lastAgo), micros(2 * HOUR_MS), deletedAgo === undefined ? null : micros(deletedAgo), host, deployment],
  )
  await pool.query(
    `insert into instance_launch (instance, request_id, launched_at, first_when, instance_flavor_id)
     select id, 'req', $2, $2, $3 from unnest($1::text[]) as id`,
    [ids, micros(2 * HOUR_MS), flavor],
  )
}

const reconcile = (...args: string[]) => pipeline.run('reconcile', '--region', 'east', ...args)

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

test('without differences the exit code is 0; servers that never came up do not count', async () => {
  for (const number of range(5)) addServer(number)
  addServer(9, { state: 'error', status: 'ERROR', launchedAt: null, host: null })
  await store(range(5))
  await store([7], { deletedAgo: HOUR_MS })
  await store([8], { deployment: 'west-1' })
  const before = await everyAggregate(pipeline.database)
  expect(await reconcile('--json')).toEqual({
    code: 0,
    output: expect.stringMatching(/^\[\]\n6 servers in nova, 5 instances here \(east-1\): 0 differences, 0 that/),
  })
  expect(await everyAggregate(pipeline.database)).toEqual(before)
  expect(cloud.tokens).toHaveLength(1)
})

test('differences are listed with their reasons, page by page; the exit code is 1', async () => {
  cloud.maxLimit = 2
  for (const number of range(7)) addServer(number)
  addServer(5_000, { flavor: '3', host: 'compute-2' })
  addServer(6_000, { launchedAt: ago(MINUTE_MS).slice(0, -1) })
  addServer(7_001, { status: 'DELETED', updated: ago(MINUTE_MS) })
  await store(range(5))
  await store([5], { deletedAgo: HOUR_MS })
  await store([5_000, 7_000, 7_001])
  // More than one query of a range.
  await store(range(1_500).map((index) => 1_000 + index))
  const { code, output } = await reconcile('--json')
  expect(code).toBe(1)
  const end = output.lastIndexOf(']') + 1
  expect(output.slice(end)).toMatch(/^\n9 servers in nova, 1508 instances here \(east-1\): 1505 differences, 2 that/)
  const differences: { instance: string; kind: string; nova: string; here: string; reason: string; recent: boolean }[] =
    JSON.parse(output.slice(0, end))
  const lostDeletes = new Set(
    differences.filter(({ kind, recent }) => kind === 'only here' && !recent).map(({ instance }) => instance),
  )
  expect(lostDeletes).toEqual(new Set([...range(1_500).map((index) => idOf(1_000 + index)), idOf(7_000)]))
  const others = differences.filter(({ instance }) => !lostDeletes.has(instance))
  expect(others.map(({ instance, kind, nova, here, reason }) => [instance, kind, nova, here, reason])).toEqual([
    [
      idOf(5),
      'only in nova',
      expect.stringMatching(/^created 2/),
      expect.stringMatching(/^last notification 2/),
      'deleted here, exists in nova: a restore was lost',
    ],
    [
      idOf(6),
      'only in nova',
      expect.stringMatching(/^created 2/),
      null,
      expect.stringMatching(/^no notification of it is stored/),
    ],
    [idOf(5_000), 'host', 'compute-2', 'compute-1', expect.stringMatching(/migration/)],
    [idOf(5_000), 'flavor', '3', '2', expect.stringMatching(/resize/)],
    [
      idOf(6_000),
      'only in nova',
      expect.stringMatching(/^created 2/),
      null,
      'launched less than 10 minutes ago: its notification may still arrive',
    ],
    [
      idOf(7_001),
      'only here',
      null,
      expect.stringMatching(/^last notification 2/),
      'deleted in nova less than 10 minutes ago: its notification may still arrive',
    ],
  ])
  // Five pages of servers, then those that changed.
  expect(cloud.queries.filter((query) => !query.includes('changes-since'))).toHaveLength(5)
  expect(cloud.queries[1]).toContain(`marker=${encodeURIComponent(idOf(1))}`)
})

test('differences that later notifications may resolve have exit code 0, and are in the table', async () => {
  addServer(1, { launchedAt: ago(20 * MINUTE_MS).slice(0, -1) })
  expect((await reconcile()).code).toBe(1)
  const { code, output } = await reconcile('--tolerance', '30')
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/│ only in nova │.*less than 30 minutes ago/),
  })
})

test('a token that expires between two pages is replaced once', async () => {
  cloud.maxLimit = 2
  for (const number of range(5)) addServer(number)
  await store(range(5))
  cloud.faults = [null, 'expire']
  expect((await reconcile()).code).toBe(0)
  expect(cloud.tokens).toHaveLength(2)
})

test('nova that is unavailable for a moment, or limits the rate, gets the request again', async () => {
  addServer(1)
  await store([1])
  cloud.faults = [
    { status: 503, body: '<html>Service Unavailable</html>' },
    { status: 429, body: JSON.stringify({ overLimit: { code: 429, message: 'This request was rate-limited.' } }) },
  ]
  expect((await reconcile()).code).toBe(0)
  expect(cloud.queries).toHaveLength(3)
})

const forbidden = {
  forbidden: {
    code: 403,
    message: "Policy doesn't allow os_compute_api:servers:detail:get_all_tenants to be performed.",
  },
}

test.each([
  ['not JSON', 200, '<html></html>', 'answered with something other than JSON'],
  ['without servers', 200, '{}', 'answered with an unknown structure (servers: '],
  ['with an invalid time', 200, '{"servers":[{"id":"1","created":"today"}]}', '(servers.0.created: is not a time)'],
  ['with servers out of order', 200, '', 'did not list the servers by id: '],
  ['forbidden', 403, JSON.stringify(forbidden), 'the application credential may not list the servers of all projects'],
])('an answer that is %s is an error of one line with the URL', async (_, status, body, problem) => {
  const time = '2026-11-01T00:00:00Z'
  const unordered = { servers: ['2', '1'].map((id) => ({ id, created: time, updated: time })) }
  cloud.faults = [{ status, body: body || JSON.stringify(unordered) }]
  const { code, output } = await reconcile()
  expect(code).toBe(1)
  expect(output).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/compute\/v2\.1\/servers\/detail [^\n]*\n$/)
  expect(output).toContain(problem)
})

test.each([
  [
    'OS_APPLICATION_CREDENTIAL_SECRET',
    'wr0ng-secret',
    1,
    'check OS_APPLICATION_CREDENTIAL_ID and OS_APPLICATION_CREDENTIAL_SECRET',
  ],
  ['OS_AUTH_URL', 'http://user:wr0ng-secret@127.0.0.1:1', 1, 'http://127.0.0.1:1/v3/auth/tokens does not answer: '],
  ['OS_AUTH_URL', 'keystone', 2, 'OS_AUTH_URL must be a URL beginning with http:// or https://'],
  ['OS_APPLICATION_CREDENTIAL_ID', '', 2, 'OS_APPLICATION_CREDENTIAL_ID is not set: '],
  ['OS_REGION_NAME', 'north', 2, 'OS_REGION_NAME is north, but the catalog has only east'],
  ['OS_INTERFACE', 'internal', 2, 'OS_INTERFACE is internal, but the catalog has no such endpoint of nova'],
])('%s=%s is an error of one line without the secret', async (name, value, code, problem) => {
  pipeline.environment[name] = value
  const result = await reconcile()
  expect(result).toEqual({ code, output: expect.stringMatching(/^[^\n]+\n$/) })
  expect(result.output).toContain(problem)
  expect(result.output).not.toContain('secret@')
  expect(result.output).not.toMatch(/wr0ng-secret|rEaSonably/)
})

test.each([
  [[], 'there are several deployments (east-1, west-1)'],
  [['--deployment', 'north'], '--deployment north is unknown: the deployments are east-1, west-1'],
  [['--deployment', 'east-1', '--region', 'east'], 'cannot be used with'],
  [['--tolerance', '0'], 'It must be a whole number from 1 to 10080.'],
])('%j is wrong usage', async (args, problem) => {
  const { code, output } = await pipeline.run('reconcile', ...args)
  expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(problem) })
})
