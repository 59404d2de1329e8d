import { expect, test } from '@jest/globals'
import { matchesTarget, serverOf } from './serverSelector.ts'

const primary = { standby: false, readOnly: false }
const readOnlyPrimary = { standby: false, readOnly: true }
const standby = { standby: true, readOnly: false }

test.each([
  ['any', [true, true, true]],
  ['read-write', [true, false, false]],
  ['read-only', [false, true, true]],
  ['primary', [true, true, false]],
  ['standby', [false, false, true]],
  ['prefer-standby', [false, false, true]],
] as const)('%s matches a primary, a read-only primary, a standby: %j', (target, expected) => {
  expect([primary, readOnlyPrimary, standby].map((state) => matchesTarget(target, state))).toEqual(expected)
})

test('several servers without target_session_attrs have the default target, one server has none', () => {
  expect(serverOf('postgres://a,b/db', 'read-write')).toMatchObject({ target: 'read-write', selector: { length: 2 } })
  expect(serverOf('postgres://a,b/db?target_session_attrs=any', 'read-write')).toMatchObject({ target: 'any' })
  expect(serverOf('postgres://a/db', 'read-write')).toEqual({
    connectionString: 'postgres://a/db',
    target: null,
    selector: null,
  })
})

test('when no server answers, the error names each of them, and no password', async () => {
  const { selector } = serverOf('postgres://u:hunter2@127.0.0.1:1,127.0.0.1:2/db', 'read-write')
  const error: unknown = await selector?.choose().catch((error: unknown) => error)
  expect(String(error)).toMatch(/target_session_attrs=read-write \(127\.0\.0\.1:1: .*; 127\.0\.0\.1:2: /)
  expect(String(error)).not.toContain('hunter2')
})
