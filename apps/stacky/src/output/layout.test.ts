import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import stringWidth from 'string-width'
import { columnWidths, wrap } from './layout.ts'

describe('wrap', () => {
  test.each<[string, number, string[]]>([
    ['compute.instance.create.start', 29, ['compute.instance.create.start']],
    ['compute.instance.create.start', 20, ['compute.instance.', 'create.start']],
    ['block_device_mapping', 13, ['block_device_', 'mapping']],
    ['2026-11-23 22:02:04.709106', 15, ['2026-11-23', '22:02:04.709106']],
    ['compute-03.west.example.org', 16, ['compute-03.west.', 'example.org']],
    ['aaaaaaaaaa', 4, ['aaaa', 'aaaa', 'aa']],
    ['日本日本', 5, ['日本', '日本']],
    ['ab cd', 3, ['ab', 'cd']],
    ['ab\u00a0 cd', 3, ['ab\u00a0', 'cd']],
    ['ab\u3000', 3, ['ab', '\u3000']],
    ['\u00a0 \u2003 ', 2, ['\u00a0', '\u2003']],
  ])('%s in %s columns', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines)
  })

  test('loses nothing but spaces, and no line is too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 30 }), (text, width) => {
        const lines = wrap(text, width)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
        // Graphemes are never cut.
        const characters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => stringWidth(segment))
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(width, ...characters))
      }),
      { examples: [['\u00a0  \u2003 ', 2]] },
    )
  })
})

describe('column widths', () => {
  const uuid = 'd0a51abf-00e3-48f6-bc3b-59d26612f884'

  test('are natural when the table fits', () => {
    expect(
      columnWidths(
        [
          ['a', 'bb'],
          ['aaa', 'b'],
        ],
        12,
      ),
    ).toEqual([3, 2])
  })

  test('narrow the widest column first', () => {
    expect(
      columnWidths(
        [
          ['Event', 'UUID'],
          ['compute.instance.create', uuid],
        ],
        62,
      ),
    ).toEqual([17, 36])
    expect(
      columnWidths(
        [
          ['Event', 'UUID'],
          ['compute.instance.create', `req-${uuid}`],
        ],
        56,
      ),
    ).toEqual([9, 40])
  })

  test('never cut a UUID: null when it does not fit', () => {
    expect(
      columnWidths(
        [
          ['Event', 'UUID'],
          ['compute.instance.create', uuid],
        ],
        51,
      ),
    ).toBeNull()
    expect(
      columnWidths(
        [
          ['Event', 'UUID'],
          ['compute.instance.create', uuid],
        ],
        52,
      ),
    ).toEqual([9, 36])
  })

  test('may cut a long text without break points', () => {
    expect(columnWidths([['Value'], ['x'.repeat(100)]], 60)).toEqual([56])
  })
})
