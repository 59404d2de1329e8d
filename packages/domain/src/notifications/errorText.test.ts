import { expect, test } from '@jest/globals'
import { errorText } from './errorText.ts'

test.each<[string, Record<string, unknown>, string]>([
  [
    'class and message of an exception in Python notation, as nova writes it',
    {
      exception:
        "{'kwargs': {'reason': 'insufficient disk', 'code': 400}, 'message': 'Insufficient resources: insufficient disk.', 'class': 'ComputeResourcesUnavailable'}",
      message: 'other',
    },
    'ComputeResourcesUnavailable: Insufficient resources: insufficient disk.',
  ],
  [
    'a message in double quotes, with escapes',
    { exception: `{'kwargs': {'message': 'inner'}, 'message': "can't use \\"x\\"\\nat all", 'class': u'Error'}` },
    `Error: can't use "x" at all`,
  ],
  [
    'class and message of an object',
    { exception: { kwargs: { code: 500 }, class: 'NoValidHost', message: 'No valid host was found. ' } },
    'NoValidHost: No valid host was found.',
  ],
  ['an exception without a class', { exception: { message: 'Timed out' } }, 'Timed out'],
  [
    'the parts of an exception without a message',
    { exception: { kwargs: { reason: 'Driver Error', code: 400 }, class: 'Error' } },
    'reason: Driver Error, code: 400',
  ],
  [
    'the reason of a conductor task',
    { reason: "{'message': 'No valid host.', 'class': 'NoValidHost'}" },
    'NoValidHost: No valid host.',
  ],
  ['a text', { exception: 'no volume' }, 'no volume'],
  ['the message of the payload without an exception', { message: 'Failed to reboot' }, 'Failed to reboot'],
  ['the message of the payload beside an empty exception', { exception: '', message: 'Failed' }, 'Failed'],
  [
    'ids, addresses and long numbers masked',
    {
      exception: {
        class: 'InstanceNotFound',
        message: 'fbade9e3-6a3f-46d3-8676-c1b808451dd7 on 10.1.2.3 after 12345 ms',
      },
    },
    'InstanceNotFound: $UUID on $HOST_ADDRESS after $LG_NUM ms',
  ],
  ['one line', { exception: 'first\n  second\t\tthird ' }, 'first second third'],
  ['nothing', {}, 'no error text'],
  ['blanks', { message: ' \n' }, 'no error text'],
  ['values of other types', { exception: { message: 5, class: {} }, message: ['x'] }, 'message: 5'],
])('%s', (_, payload, text) => expect(errorText(payload)).toBe(text))

test('a long text is cut, never within a character', () => {
  expect(errorText({ message: 'x '.repeat(1_000) })).toMatch(/^x [x ]{297}…$/)
  expect(errorText({ message: `${'x'.repeat(298)}😀😀` })).toBe(`${'x'.repeat(298)}…`)
})
