import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { DAY, HOUR, parseInstant, type RequestFacts, SECOND } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { everywhere, storeMessages, type TestMessage } from '../testkit/storeTestMessages.ts'
import { requestDetails } from './requestDetails.ts'
import { requestsOfPeriod } from './requestsOfPeriod.ts'
import { deploymentsInRegion, type ReportScope } from './scope.ts'
import { inSnapshot } from './snapshot.ts'

const start = parseInstant('2026-11-20 00:00:00') ?? 0
const day = { from: start, until: start + DAY }
const noon = start + 12 * HOUR
const update = 'compute.instance.update'

let testDatabase: TestDatabase
let database: Database

beforeEach(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 2 })
})

afterEach(async () => {
  await database.close()
  await testDatabase.drop()
})

async function requests(messages: TestMessage[], scope: ReportScope = everywhere(day)): Promise<RequestFacts[]> {
  await storeMessages(database, messages)
  return inSnapshot(database, async (client) => {
    const all: RequestFacts[] = []
    for await (const page of requestsOfPeriod(client, scope)) all.push(...page)
    return all
  })
}

/** StackTach's rule: a request counts if an update of its instance belongs to it. */
const stacktach = everywhere(day, 'stacktach')

describe('requests of a period', () => {
  test('returns one row per request and instance, with all notifications of the pair except exists', async () => {
    const facts = await requests([
      { at: noon, event: update },
      { at: noon + 1, event: 'compute.instance.rebuild.start' },
      { at: noon + 2, event: 'compute.instance.create.end', instance: 'i2' },
      { at: noon + 3, event: 'compute.instance.exists' },
      { at: noon + 4, event: update, request: 'req-2' },
    ])
    expect(facts).toMatchObject([
      { instance: 'i1', requestId: 'req-1', first: noon, last: noon + 1, operation: 'rebuild', tenant: 't' },
      { instance: 'i1', requestId: 'req-2', first: noon + 4, last: noon + 4, operation: null },
      { instance: 'i2', requestId: 'req-1', first: noon + 2, last: noon + 2, operation: 'create' },
    ])
  })

  test('includes notifications before and after the period', async () => {
    const facts = await requests([
      { at: start - 3 * DAY, event: 'compute.instance.resize.prep.start' },
      { at: noon, event: update },
      { at: start + 5 * DAY, event: 'compute.instance.resize.end' },
    ])
    expect(facts).toMatchObject([{ first: start - 3 * DAY, last: start + 5 * DAY, operation: 'resize' }])
  })

  test('selects requests with a notification after the start and up to the last second', async () => {
    const edges: [string, number][] = [
      ['at its start', start],
      ['after its start', start + 1],
      ['its last second', day.until - SECOND],
      ['after that', day.until - SECOND + 1],
    ]
    const facts = await requests(edges.map(([instance, at]) => ({ at, event: update, instance })))
    expect(facts.map(({ instance }) => instance).sort()).toEqual(['after its start', 'its last second'])
  })

  test('selects requests by an update of their instance or, with the current rules, by their user', async () => {
    const messages = [
      { at: noon, event: update, instance: 'updated', request: 'req-1', user: null },
      { at: noon, event: 'compute.instance.delete.end', instance: 'updated', request: 'req-2', user: null },
      { at: noon, event: 'compute.instance.delete.end', instance: 'by-user', request: 'req-3' },
      { at: noon, event: 'compute.instance.delete.end', instance: 'neither', request: 'req-4', user: null },
      { at: noon, event: update, instance: 'no request', request: '' },
    ]
    const names = (facts: RequestFacts[]) => facts.map(({ instance, requestId }) => `${instance} ${requestId}`)
    expect(names(await requests(messages, stacktach))).toEqual(['updated req-1', 'updated req-2'])
    expect(names(await requests([]))).toEqual(['by-user req-3', 'updated req-1', 'updated req-2'])
  })

  test('selects the requests of a region by the deployments that reported their instance', async () => {
    const messages = [
      { at: noon, event: update, instance: 'i1', deployment: 'east.1' },
      { at: noon, event: update, instance: 'i1', deployment: 'west', request: 'req-2' },
      { at: noon, event: update, instance: 'i2', deployment: 'west', request: 'req-3' },
    ]
    await storeMessages(database, messages)
    const east = await deploymentsInRegion(database.pool, { region: 'EAST', names: [] })
    expect(east.map(({ name }) => name)).toEqual(['east.1'])
    const scope = { ...stacktach, deployments: east.map(({ id }) => id) }
    expect((await requests([], scope)).map(({ requestId }) => requestId)).toEqual(['req-1', 'req-2'])
    const named = await deploymentsInRegion(database.pool, { region: '', names: ['west', 'nowhere'] })
    expect(named.map(({ name }) => name)).toEqual(['west'])
  })

  test('returns one notification of each classic and versioned pair, in either order of arrival', async () => {
    const facts = await requests([
      { at: noon, event: 'compute.instance.reboot.start', versioned: true },
      { at: noon + 1, event: 'compute.instance.reboot.start' },
      { at: noon + 2, event: 'compute.instance.reboot.end' },
      { at: noon + 3, event: 'compute.instance.reboot.end', versioned: true },
      { at: noon + 4, event: 'compute.instance.lock', versioned: true, request: 'req-2' },
    ])
    expect(facts).toMatchObject([
      { requestId: 'req-1', first: noon + 1, last: noon + 2 },
      { requestId: 'req-2', first: noon + 4 },
    ])
    const details = await requestDetails(database.pool, facts)
    expect(details.map((list) => list.map(({ event }) => event))).toEqual([
      ['compute.instance.reboot.start', 'compute.instance.reboot.end'],
      ['compute.instance.lock'],
    ])
  })

  test('includes errors without an instance, and returns details in order', async () => {
    const payload = { exception: { kwargs: { code: 404 } }, text: 'NUL: \0' }
    const facts = await requests([
      { at: noon, event: update },
      { at: noon + 2, event: 'rescue_instance', instance: null, error: true, payload },
      { at: noon + 1, event: 'compute.instance.rescue.start' },
    ])
    expect(facts).toMatchObject([
      { last: noon + 2, operation: 'rescue', errors: [{ event: 'rescue_instance', deployment: 'east', host: 'h1' }] },
    ])
    expect(JSON.parse(facts[0]?.errors[0]?.json ?? '')[1].payload.exception).toEqual(payload.exception)
    const [details] = await requestDetails(database.pool, facts)
    expect(details?.map(({ event }) => event)).toEqual([update, 'compute.instance.rescue.start', 'rescue_instance'])
  })
})

describe('a request ends in state error', () => {
  const shows = (at: number, state: string, old?: string): TestMessage => ({
    at: noon + at,
    event: old === undefined ? `compute.instance.delete.${at}` : update,
    payload: { state, ...(old === undefined ? {} : { old_state: old }) },
  })

  test.each<[string, boolean, TestMessage[]]>([
    ['if an update says so', true, [shows(0, 'error', 'building')]],
    ['if the state error follows another state', true, [shows(0, 'active'), shows(1, 'error')]],
    ['not if the state was error before', false, [shows(0, 'error', 'error'), shows(1, 'error')]],
    ['not if the previous state is unknown', false, [shows(0, 'error')]],
    ['not if it leaves the state error again', false, [shows(0, 'error', 'active'), shows(1, 'active', 'error')]],
    ['even if it is deleted afterwards', true, [shows(0, 'error', 'active'), shows(1, 'deleted', 'error')]],
    ['if the last change is to error', true, [shows(0, 'error', 'a'), shows(1, 'a', 'error'), shows(2, 'error', 'a')]],
  ])('%s', async (_, ends, messages) => {
    const [request] = await requests(messages)
    expect(request?.stateError != null).toBe(ends)
  })
})
