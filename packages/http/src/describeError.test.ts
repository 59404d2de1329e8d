import { expect, test } from '@jest/globals'
import { describeError } from './describeError.ts'
import { HttpError } from './httpError.ts'

const coded = (code: string) => Object.assign(new Error('secret'), { code })

test.each([
  [new HttpError(404, 'nothing'), 404, 'nothing'],
  [coded('57014'), 503, expect.stringContaining('timed out')],
  [coded('40001'), 503, expect.stringContaining('replica cancelled')],
  [coded('57P01'), 503, 'The database is unavailable'],
  [coded('P1001'), 503, 'The database is unavailable'],
  [coded('28P01'), 503, 'The database is unavailable'],
  [new Error('timeout exceeded when trying to connect'), 503, expect.stringContaining('No database connection')],
  [coded('42703'), 500, expect.not.stringContaining('secret')],
  [coded('P2021'), 500, expect.not.stringContaining('secret')],
  ['thrown text', 500, expect.not.stringContaining('thrown')],
  [undefined, 500, expect.anything()],
])('%p', (error, status, message) => {
  expect(describeError(error)).toMatchObject({ status, message })
})
