import { expect, test } from '@jest/globals'
import { missingSettings, startupOptions } from './sessionCheck.ts'

const required = { readOnly: true, statementTimeout: 10_000, idleTransactionTimeout: 60_000 }
const actual = { arrived: false, readOnly: true, statementTimeout: 10_000, idleTransactionTimeout: 60_000, role: 'r' }

test('settings of a role are enough if they are as strict', () => {
  expect(missingSettings(required, actual)).toEqual([])
  expect(missingSettings(required, { ...actual, statementTimeout: 5_000 })).toEqual([])
  expect(missingSettings({ ...required, readOnly: false, statementTimeout: undefined }, actual)).toEqual([])
})

test('no limit, or a longer one, is missing', () => {
  const all = { ...actual, readOnly: false, statementTimeout: 0, idleTransactionTimeout: 60_001 }
  expect(missingSettings(required, all)).toEqual([
    'default_transaction_read_only = on',
    'statement_timeout = 10000',
    'idle_in_transaction_session_timeout = 60000',
  ])
})

test('the options of the URL come first, so that ours count', () => {
  expect(startupOptions(required, ['-c statement_timeout=0'])).toBe(
    '-c statement_timeout=0 -c stacktach.settings=on -c idle_in_transaction_session_timeout=60000 -c default_transaction_read_only=on -c statement_timeout=10000',
  )
})
