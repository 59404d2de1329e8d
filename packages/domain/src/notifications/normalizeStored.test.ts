import { expect, test } from '@jest/globals'
import { normalize } from './normalize.ts'
import { normalizeStored } from './normalizeStored.ts'

const notification = {
  event_type: 'compute.instance.soft_delete.end',
  publisher_id: 'compute.host-1',
  message_id: 'm-1',
  timestamp: '2026-11-23 20:05:38.513310',
  _context_auth_token: 'secret',
  payload: {
    instance_id: 'i-1',
    launched_at: '2026-11-23 20:00:00',
    image_meta: { a: '] [', b: ',"\\' },
    bw: 9_007_199_254_740_993n,
  },
}

const body = JSON.stringify(notification, (_, value) => (typeof value === 'bigint' ? '@big' : value)).replace(
  '"@big"',
  '9007199254740993',
)

test.each(['nova', 'generic'] as const)('a stored notification of %s gets the same columns again', (service) => {
  const first = normalize({ service, routingKey: 'a"],[\\.info', body }, () => 'digest')
  if (first.kind !== 'stored') throw new Error(first.detail)
  const again = normalizeStored(service, first.row.json, 'today')
  expect(again).toEqual({ kind: 'stored', row: { ...first.row, json: expect.any(String) } })
})

test('blanks between the parts of the stored text do not matter', () => {
  expect(normalizeStored('nova', `[ "notifications.info" ,\n ${body} ]`, 'today')).toMatchObject({
    row: { routingKey: 'notifications.info', instance: 'i-1' },
  })
})

test('a stored notification that is no longer valid is a rejection', () => {
  expect(normalizeStored('nova', '["notifications.info", {"message_id": "m-1"}]', 'today')).toMatchObject({
    kind: 'rejected',
    reason: 'no event_type',
  })
})
