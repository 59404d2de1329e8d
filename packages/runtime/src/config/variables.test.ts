import { readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { variables } from './variables.ts'

test('docs/configuration.md lists all variables', () => {
  const document = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8')
  const rows = document.split('\n').filter((line) => line.startsWith('| `'))
  expect(Object.keys(variables).filter((name) => !rows.some((row) => row.includes(`\`${name}\``)))).toEqual([])
})
