import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from '@jest/globals'
import { checkedFiles, excludedFiles, rules } from './languageRules.mjs'
import { findPhrases } from './phrases.mjs'

describe('the rules', () => {
  test.each(rules)('reject: $sample', (rule) => {
    expect(findPhrases(rule.sample, [rule])).toEqual([{ line: 1, phrase: expect.any(String), use: rule.use }])
    expect(rule.use).not.toBe('')
  })

  test.each([
    'There is no backlog, and there are no queues.',
    'The process is no longer ready, and are no more rows stored?',
    'The server is unavailable; connections are closed right away.',
    'let interval = 5; for (const key in let_in) sum += key',
    'Runs it in the background and lets it run in another process.',
    'Anyone who reads the metrics needs no password.',
    'for (const program of which) start(program)',
    'A ring buffer; a string; the keyring of the package manager.',
    'It does not say of which instance. Proxies, each of which appends a header.',
    'A name such as `told` is not a noun.',
    'The amendment recommends more than once more than one attempt.',
    'Between two retries it waits forever.',
    'the database schema is out of date: run `npm run migrate`',
  ])('accept: %s', (text) => {
    expect(findPhrases(text, rules)).toEqual([])
  })
})

describe('findPhrases', () => {
  test('reports line, phrase and replacement, in the order of the text', () => {
    const text = 'first\nIt hangs for ever,\nand Once More.\n'
    expect(findPhrases(text, rules)).toEqual([
      { line: 2, phrase: 'for ever', use: 'forever' },
      { line: 3, phrase: 'Once More', use: 'again' },
    ])
  })

  test.each([
    ['a document', 'The server is\naway.'],
    ['a list', '- the server is\n  away'],
    ['a block comment', '/**\n * The server is\n * away.\n */'],
    ['line comments', '// The server is\n  // away.'],
    ['SQL', '-- The server is\n-- away.'],
    ['configuration', '# The server is\n# away.'],
    ['Windows line ends', 'The server is\r\naway.'],
  ])('finds a phrase across two lines of %s', (_, text) => {
    expect(findPhrases(text, rules).map(({ use }) => use)).toEqual(['unavailable'])
  })

  test('reports the line on which the phrase begins', () => {
    expect(findPhrases('one\n\n\n\n * is\n * away', rules)).toEqual([
      { line: 5, phrase: 'is away', use: 'unavailable' },
    ])
  })

  test('does not join two paragraphs', () => {
    expect(findPhrases('This is\n\naway', rules)).toEqual([])
  })
})

test('which files are checked', () => {
  const isChecked = (/** @type {string} */ file) =>
    checkedFiles.test(file) && !excludedFiles.some((pattern) => pattern.test(file))
  const checked = ['README.md', 'apps/cli/src/main.ts', 'deploy/a.service', 'docker-compose.yml', 'Dockerfile', 'a.sql']
  expect(checked.filter((file) => !isChecked(file))).toEqual([])
  const unchecked = ['package-lock.json', 'LICENSE', 'packages/testing/samples/a.json', 'a.png', 'CHANGELOG.md']
  expect(unchecked.filter(isChecked)).toEqual([])
})

test('the program prints file, line, phrase and replacement, and exits with 1, or prints nothing', () => {
  const program = fileURLToPath(new URL('./language.mjs', import.meta.url))
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' })
  expect(stderr).toBe('')
  const lines = stdout.split('\n').filter(Boolean)
  expect(status).toBe(lines.length === 0 ? 0 : 1)
  for (const line of lines) expect(line).toMatch(/^\S+:\d+: ".+": use .+$|^commit \w+ .+: the subject has more than 72/)
})
