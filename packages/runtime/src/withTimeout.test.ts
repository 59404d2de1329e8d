import { describe, expect, test } from '@jest/globals'
import { settleWithin, withTimeout } from './withTimeout.ts'

const never = new Promise<never>(() => {})

describe('withTimeout', () => {
  test('returns the result of work that ends in time', async () => {
    expect(await withTimeout(Promise.resolve(7), 1_000, 'too late')).toBe(7)
  })

  test('throws the error of work that fails in time', async () => {
    await expect(withTimeout(Promise.reject(new Error('refused')), 1_000, 'too late')).rejects.toThrow('refused')
  })

  test('throws its own message when the work takes longer', async () => {
    await expect(withTimeout(never, 5, 'the broker did not confirm')).rejects.toThrow('the broker did not confirm')
  })
})

describe('settleWithin', () => {
  test('hides a failure and a timeout', async () => {
    await settleWithin(Promise.reject(new Error('refused')), 1_000)
    await settleWithin(never, 5)
  })
})
