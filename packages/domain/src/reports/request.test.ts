import { describe, expect, test } from '@jest/globals'
import { MINUTE, SECOND } from '../time/instant.ts'
import { operationOf, type RequestFacts, requestFailure } from './request.ts'

const by = { id: 1, when: 0, event: 'e', service: 'compute', host: 'h', tenant: 't', deployment: 'east' }

const error = (payload: unknown, id = 1) => ({ ...by, id, json: JSON.stringify(['n.error', { payload }]) })

function request(fields: Partial<RequestFacts> = {}): RequestFacts {
  const nothing = { imageType: 0, operation: null, tenant: 't', stateError: null, errors: [] }
  return { instance: 'i', requestId: 'r', first: 0, last: SECOND, ...nothing, ...fields }
}

describe('the operation of an event', () => {
  test.each([
    ['compute.instance.create.start', 'create'],
    ['compute.instance.finish_resize.end', 'resize'],
    ['rebuild_instance', 'rebuild'],
    ['compute.instance.unrescue.start', 'rescue'],
    ['image.snapshot_of_create', 'create'],
    ['compute.instance.update', null],
  ])('%s is %s', (event, operation) => expect(operationOf(event)).toBe(operation))
})

describe('a request', () => {
  test('without an error has not failed', () => {
    expect(requestFailure(request())).toBeNull()
  })

  test('of exactly 30 minutes is not long; one microsecond longer is', () => {
    expect(requestFailure(request({ last: 30 * MINUTE }))).toBeNull()
    expect(requestFailure(request({ last: 30 * MINUTE + 1 }))).toMatchObject({ kind: 'long', by: null })
  })

  test.each([
    [{ exception: { kwargs: { code: 404 } } }, '4xx', 404],
    [{ exception: { kwargs: { code: '400' } } }, '4xx', 400],
    [{ exception: { kwargs: {} }, code: 503 }, '5xx', 503],
    [{ exception: "{'kwargs': {'code': 400}}", code: 500 }, '5xx', 500],
    [{ code: 302 }, 'unknown', 302],
    [{ exception: 'no code' }, 'unknown', null],
    ['a plain text', 'unknown', null],
  ])('whose error has the payload %j failed with %s', (payload, kind, code) => {
    expect(requestFailure(request({ errors: [error(payload)] }))).toMatchObject({ kind, code })
  })

  test('is described by its last error with a code; versioned errors have none', () => {
    const errors = [error({ code: 400 }, 1), error({ code: 500 }, 2), error({ nova_object: {} }, 3)]
    expect(requestFailure(request({ errors }))).toMatchObject({ code: 500, by: { id: 2 } })
  })

  test('that left its instance in state error failed; a code takes precedence', () => {
    const stateError = { ...by, id: 9 }
    expect(requestFailure(request({ stateError, last: 40 * MINUTE }))).toMatchObject({ kind: 'state', by: { id: 9 } })
    expect(requestFailure(request({ stateError, errors: [error({ code: 404 })] }))).toMatchObject({ kind: '4xx' })
    expect(requestFailure(request({ stateError, errors: [error({})] }))).toMatchObject({ kind: 'state' })
  })

  test('with an error without a code is unknown, regardless of its duration', () => {
    expect(requestFailure(request({ errors: [error({})], last: 40 * MINUTE }))).toMatchObject({ kind: 'unknown' })
  })
})
