import { expect, test } from '@jest/globals'
import { jobProgressText } from './waitForJob.ts'

test.each([
  ['waiting', 0, 'replaying: queued (12 s)'],
  ['active', 0, 'replaying: running (12 s)'],
  ['active', {}, 'replaying: running (12 s)'],
  ['active', { step: 'instances', part: 3, upTo: 9, after: 'i-1', instances: 20 }, 'replaying: instances 20 (12 s)'],
  ['active', { after: 1234, stored: 500, rejected: 2, phase: 'x' }, 'replaying: stored 500, rejected 2 (12 s)'],
])('the progress of a job that is %s with progress %j is %j', (state, progress, text) => {
  expect(jobProgressText('replaying', state, progress, 12_900)).toBe(text)
})
