import { expect, test } from '@jest/globals'
import { csvRow } from './csv.ts'

test.each([
  [['a', 'b c', 1.5, -2, null, ''], 'a,b c,1.5,-2,,'],
  [['a,b', 'say "x"', 'two\r\nlines'], '"a,b","say ""x""","two\r\nlines"'],
  [['=1+1', '+1', '-1', '@SUM(A1)', '\tx'], "'=1+1,'+1,'-1,'@SUM(A1),'\tx"],
  [['=HYPERLINK("http://x","y")'], `"'=HYPERLINK(""http://x"",""y"")"`],
  [['＝1', 'a=1', ' =1'], "'＝1,a=1, =1"],
] as const)('%j', (values, text) => {
  expect(csvRow(values)).toBe(`${text}\r\n`)
})
