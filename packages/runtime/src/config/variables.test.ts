import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { variables } from './variables.ts'

test('the README has each variable in its table', () => {
  const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')
  const rows = readme.split('\n').filter((line) => line.startsWith('| `'))
  expect(Object.keys(variables).filter((name) => !rows.some((row) => row.includes(`\`${name}\``)))).toEqual([])
})
