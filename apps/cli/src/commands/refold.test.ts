import { expect, test } from '@jest/globals'
import { refoldText } from './refold.ts'

const result = {
  notifications: 1_000,
  changed: 30,
  unreadable: 0,
  instances: 20,
  requests: 50,
  images: 3,
  nova: { verified: 100, failed: 2 },
  glance: { verified: 0, failed: 0 },
}

test('the result of a refold has a line for each kind of data', () => {
  expect(refoldText(result).split('\n')).toEqual([
    'notifications: read 1000, changed 30',
    'refolded: instances 20, requests 50, images 3',
    'nova: verified 100, failed 2',
    'glance: verified 0, failed 0',
  ])
})

test('notifications that the current rules do not accept are counted', () => {
  expect(refoldText({ ...result, unreadable: 4 })).toContain('notifications: read 1000, changed 30, not readable 4')
})
