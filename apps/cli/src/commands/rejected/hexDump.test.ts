import { expect, test } from '@jest/globals'
import { hexDump } from './hexDump.ts'

test('prints sixteen bytes per line as hexadecimal and ASCII', () => {
  const bytes = Buffer.from([0x7b, 0xff, 0x7d, ...Buffer.from(' nova is not well')])
  expect(hexDump(bytes)).toBe(
    [
      '00000000  7b ff 7d 20 6e 6f 76 61 20 69 73 20 6e 6f 74 20  {.} nova is not ',
      '00000010  77 65 6c 6c                                      well',
    ].join('\n'),
  )
  expect(hexDump(Buffer.alloc(0))).toBe('')
})
