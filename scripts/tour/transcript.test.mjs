import { expect, test } from '@jest/globals'
import { shorten, Transcript } from './transcript.mjs'

const ten = Array.from({ length: 10 }, (_, index) => `line ${index}`).join('\n')

test.each([
  [{}, ten.split('\n')],
  [{ first: 2 }, ['line 0', 'line 1', '… 8 more lines']],
  [{ first: 2, last: 1 }, ['line 0', 'line 1', '… 7 more lines', 'line 9']],
  [{ first: 1, keep: /5/ }, ['line 0', '… 4 more lines', 'line 5', '… 4 more lines']],
  [{ first: 9 }, ten.split('\n')],
])('%j', (excerpt, lines) => {
  expect(shorten(`\n${ten}\n\n`, excerpt)).toEqual(lines)
})

test('a document of text and commands', () => {
  const transcript = new Transcript()
  transcript.write('# Title', 'Text.')
  transcript.command('true', '')
  transcript.command('echo yes', 'yes  \n')
  expect(transcript.text()).toBe('# Title\n\nText.\n\n```console\n$ true\n```\n\n```console\n$ echo yes\nyes\n```\n')
})
