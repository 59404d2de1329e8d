import { expect, test } from '@jest/globals'
import { csvLine } from './csv.ts'

test('values are separated by commas, and lines end with CR LF', () => {
  expect(csvLine(['a', 1.5, true, null, ''])).toBe('a,1.5,true,,\r\n')
  expect(csvLine([-1])).toBe('-1\r\n')
})

test('quotes, commas and line breaks are quoted', () => {
  expect(csvLine(['say "x"', 'a,b', 'a\nb', 'a\rb'])).toBe('"say ""x""","a,b","a\nb","a\rb"\r\n')
})

test.each(['=1+1', '+1', '-1', '@x', '\tx'])('%j is text, not a formula', (text) => {
  expect(csvLine([text])).toBe(`'${text}\r\n`)
})

test('a formula is quoted, too', () => {
  expect(csvLine(['=HYPERLINK("x","y")', '\rx'])).toBe('"\'=HYPERLINK(""x"",""y"")","\'\rx"\r\n')
})

test.each([
  [['a', 'b c', 1.5, -2, null, ''], 'a,b c,1.5,-2,,'],
  [['a,b', 'say "x"', 'two\r\nlines'], '"a,b","say ""x""","two\r\nlines"'],
  [['=1+1', '+1', '-1', '@SUM(A1)', '\tx'], "'=1+1,'+1,'-1,'@SUM(A1),'\tx"],
  [['=HYPERLINK("http://x","y")'], `"'=HYPERLINK(""http://x"",""y"")"`],
  [['＝1', 'a=1', ' =1'], "'＝1,a=1, =1"],
] as const)('a line of %j', (values, text) => {
  expect(csvLine(values)).toBe(`${text}\r\n`)
})
