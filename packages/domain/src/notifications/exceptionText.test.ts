import { expect, test } from '@jest/globals'
import { exceptionText } from './exceptionText.ts'

test.each<[string, unknown, string]>([
  [
    'parts in a fixed order, without empty ones',
    { kwargs: { code: 400, reason: 'Driver Error', value: '', instance_id: 'x' }, message: 'No' },
    'reason: Driver Error, code: 400, message: No',
  ],
  [
    'a remote error without its traceback',
    { kwargs: { value: 'Remote error: x\nTraceback (most recent call last)', exc_type: 'ValueError' } },
    'value: Remote error: x\n$TRACEBACK, exc_type: ValueError',
  ],
  ['the first expected value', { kwargs: { actual: 'a', expected: ['b', 'c'] } }, 'actual: a, expected: b'],
  ['a list of details without names', { details: ['a', 'b'] }, 'a, b'],
  ['named details', { details: { a: 1, b: null, c: [1] } }, 'a: 1, c: [1]'],
  ['details as a text', { details: 'down' }, 'down'],
  [
    'a failed command',
    { cmd: 'qemu-img', exit_code: 1, stderr: 'no space', stdout: '', description: 'oops' },
    'cmd: qemu-img, stderr: no space, exit_code: 1, description: oops',
  ],
  ['all members, without any of these parts', { kwargs: {}, other: 'x', more: 2 }, 'kwargs: {}, other: x, more: 2'],
  ['an unchanged text', "{'kwargs': {'code': 400}}", "{'kwargs': {'code': 400}}"],
  [
    'ids, addresses and long numbers masked, in this order',
    'req-87c2a806-a849-4d4e-8854-889d9750b7df fbade9e3-6a3f-46d3-8676-c1b808451dd7 10.1.2.3 12345 999',
    '$REQ_ID $UUID $HOST_ADDRESS $LG_NUM 999',
  ],
])('%s', (_, exception, text) => expect(exceptionText(exception)).toBe(text))
