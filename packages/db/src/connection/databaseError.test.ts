import { expect, test } from '@jest/globals'
import { ConfigError } from '@stacktach/runtime'
import { databaseError } from './databaseError.ts'

const coded = (code: string, message: string) => Object.assign(new Error(message), { code })

test.each([
  [
    coded('ECONNREFUSED', 'connect ECONNREFUSED'),
    /^the database in DATABASE_URL does not answer: .* \(connect ECONNREFUSED\)$/,
  ],
  [Object.assign(new AggregateError([coded('x', 'connect ::1')], ''), { code: 'ECONNREFUSED' }), /\(connect ::1\)$/],
  [new Error('timeout exceeded when trying to connect'), /does not answer/],
  [new Error('timeout expired'), /^the database in DATABASE_URL does not answer: .* \(timeout expired\)$/],
  [new Error('The server does not support SSL connections'), /^the database in DATABASE_URL does not use TLS: /],
  [
    coded('DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'),
    /^the certificate of the database in DATABASE_URL is not accepted: .* \(self-signed certificate\)$/,
  ],
  [
    coded('28P01', 'password authentication failed'),
    /^login to the database in DATABASE_URL failed: .* \(password authentication failed\)$/,
  ],
  [coded('42P01', 'relation "x" does not exist'), /^the database schema is out of date: run `npm run migrate` \(/],
  [coded('42703', 'column "x" does not exist'), /^the database schema is out of date: run `npm run migrate` \(/],
  [coded('3D000', 'database "x" does not exist'), /^the database schema is out of date: run `npm run migrate` \(/],
])('%s is described in one sentence', (error, sentence) => {
  const { message } = databaseError(error)
  expect(message).toMatch(sentence)
  expect(message).not.toContain('\n')
})

test('the message of any other error is unchanged', () => {
  expect(databaseError(new Error('there is no job 7')).message).toBe('there is no job 7')
  expect(databaseError('odd').message).toBe('odd')
})

test('an error that a retry does not fix is a ConfigError', () => {
  expect(databaseError(coded('28P01', 'no'))).toBeInstanceOf(ConfigError)
  expect(databaseError(coded('42P01', 'no'))).toBeInstanceOf(ConfigError)
  expect(databaseError(coded('ECONNREFUSED', 'no'))).not.toBeInstanceOf(ConfigError)
})
