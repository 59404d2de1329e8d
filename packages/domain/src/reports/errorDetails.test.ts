import { expect, test } from '@jest/globals'
import { MINUTE, parseInstant, SECOND } from '../time/instant.ts'
import { countFailure, emptyErrorTally, errorDetails, failedRequests, isDetailed } from './errorDetails.ts'
import type { RequestFacts } from './request.ts'

const when = parseInstant('2026-11-20 01:10:13.5') ?? 0
const by = { id: 34, when, event: 'rebuild_instance', service: 'compute', host: 'h1', tenant: null, deployment: 'east' }
const detail = { event: 'e', host: 'h', state: 'active', old_state: '', task: null, old_task: '' }

function request(requestId: string, fields: Partial<RequestFacts>): RequestFacts {
  const nothing = { imageType: 0x112, operation: null, tenant: 't1', stateError: null, errors: [] }
  return { instance: 'i1', requestId, first: when - 2 * SECOND, last: when, ...nothing, ...fields }
}

function report(requests: RequestFacts[]): unknown[] {
  const tally = emptyErrorTally()
  for (const failed of failedRequests(requests)) countFailure(tally, failed, isDetailed(failed) ? [detail] : [])
  return errorDetails.shape(tally)
}

const exception = { kwargs: { code: 404, uuid: 'fbade9e3-6a3f-46d3-8676-c1b808451dd7' } }
const failing = request('r1', { errors: [{ ...by, json: JSON.stringify(['error', { payload: { exception } }]) }] })

test('a failed request is listed with its details', () => {
  expect(report([failing, request('successful', {})])).toEqual([
    {
      report_format: 'json',
      instances: { i1: ['r1'] },
      exception_counts: { 'code: 404': 1 },
      event_counts: { rebuild_instance: 1 },
      tenant_issues: { t1: 1 },
      codes: { '404': 1 },
    },
    {
      event_id: 34,
      tenant: 't1',
      service: 'compute',
      host: 'h1',
      deployment: 'east',
      event: 'rebuild_instance',
      when: '2026-11-20 01:10:13.500000',
      req: 'r1',
      uuid: 'i1',
      operation: 'n/a',
      platform: ['snapshot', 'linux', 'ubuntu'],
      duration: '0.03 minutes',
      failure_type: 404,
      exception,
      details: [detail],
    },
  ])
})

test('a request that ended in state error has neither code nor exception', () => {
  const [head, object] = report([
    request('r2', { stateError: { ...by, event: 'compute.instance.update', tenant: 't9' } }),
  ])
  expect(head).toMatchObject({ codes: {}, exception_counts: {}, event_counts: { 'compute.instance.update': 1 } })
  expect(object).toMatchObject({ failure_type: 'state', tenant: 't9' })
  expect(object).not.toHaveProperty('exception')
})

test.each([
  [{ exception: { kwargs: { reason: 'gone' } } }, { 'reason: gone': 1 }],
  [{ exception: 'Timed out at 10.1.2.3' }, { 'Timed out at $HOST_ADDRESS': 1 }],
  [{ message: 'no exception' }, {}],
  ['a plain text', {}],
])('a request whose error %j has no code is listed with failure type http', (payload, exceptions) => {
  const errors = [{ ...by, json: JSON.stringify(['error', { payload }]) }]
  const [head, ...objects] = report([request('r5', { errors, last: when + 40 * MINUTE })])
  expect(head).toMatchObject({
    instances: { i1: ['r5'] },
    event_counts: { rebuild_instance: 1 },
    codes: {},
    exception_counts: exceptions,
  })
  expect(objects).toEqual([
    expect.objectContaining({ failure_type: 'http', req: 'r5', event_id: 34, details: [detail] }),
  ])
})

test('a request that ended in state error is described by its error, also without a code', () => {
  const errors = [{ ...by, json: JSON.stringify(['error', { payload: { exception: 'text' } }]) }]
  const [, object] = report([request('r6', { errors, stateError: { ...by, id: 35 } })])
  expect(object).toMatchObject({ failure_type: 'http', event_id: 34, exception: 'text' })
})

test('a request that was only long is counted for its tenant, without an object', () => {
  expect(report([request('r3', { first: when - 31 * MINUTE }), request('r4', { first: when - 40 * MINUTE })])).toEqual([
    expect.objectContaining({ instances: { i1: ['r3', 'r4'] }, tenant_issues: { t1: 2 }, event_counts: {} }),
  ])
})

test('inherited names of objects, such as constructor, are valid keys', () => {
  expect(report([{ ...failing, instance: '__proto__', tenant: 'constructor' }])[0]).toMatchObject({
    tenant_issues: { constructor: 1 },
  })
})
