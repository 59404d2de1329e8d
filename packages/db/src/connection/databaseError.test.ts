import { expect, test } from '@jest/globals'
import { ConfigError } from '@stacktach/runtime'
import { databaseError } from './databaseError.ts'

const coded = (code: string, message: string) => Object.assign(new Error(message), { code })

test.each([
  [coded('ECONNREFUSED', 'connect ECONNREFUSED'), /does not answer; .* \(connect ECONNREFUSED\)$/],
  [Object.assign(new AggregateError([coded('x', 'connect ::1')], ''), { code: 'ECONNREFUSED' }), /\(connect ::1\)$/],
  [new Error('timeout exceeded when trying to connect'), /does not answer/],
  [
    coded('28P01', 'password authentication failed'),
    /does not let that user in; .* \(password authentication failed\)$/,
  ],
  [coded('42P01', 'relation "x" does not exist'), /npm run migrate brings it/],
  [coded('42703', 'column "x" does not exist'), /npm run migrate brings it/],
  [coded('3D000', 'database "x" does not exist'), /npm run migrate brings it/],
])('%s is told in one sentence', (error, sentence) => {
  const { message } = databaseError(error)
  expect(message).toMatch(sentence)
  expect(message).not.toContain('\n')
})

test('any other error says what it says', () => {
  expect(databaseError(new Error('there is no job 7')).message).toBe('there is no job 7')
  expect(databaseError('odd').message).toBe('odd')
})

test('what trying again does not mend is a fault of the configuration', () => {
  expect(databaseError(coded('28P01', 'no'))).toBeInstanceOf(ConfigError)
  expect(databaseError(coded('42P01', 'no'))).toBeInstanceOf(ConfigError)
  expect(databaseError(coded('ECONNREFUSED', 'no'))).not.toBeInstanceOf(ConfigError)
})
