import { afterEach, describe, expect, jest, test } from '@jest/globals'
import type { Producer } from './producer.ts'
import { type WakeUp, WakeUps } from './wakeUps.ts'

/** A producer that records enqueued jobs; `answer` resolves or rejects the pending calls. */
function fakeProducer() {
  const enqueued: string[] = []
  const delays: number[] = []
  let answers: ((error?: Error) => void)[] = []
  const enqueue = (job: string, { shard }: { shard: number }, _generation: number | undefined, delayMs: number) => {
    enqueued.push(`${job}-${shard}`)
    delays.push(delayMs)
    return new Promise<void>((resolve, reject) => {
      answers.push((error) => (error ? reject(error) : resolve()))
    })
  }
  return {
    enqueued,
    delays,
    producer: { enqueue } as unknown as Producer,
    async answer(error?: Error): Promise<void> {
      const pending = answers
      answers = []
      for (const settle of pending) settle(error)
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

const usage = (shard: number): WakeUp => ({ job: 'usage', shard })
const kpi = (shard: number): WakeUp => ({ job: 'kpi', shard })

function failOnMiss(error: Error): void {
  throw error
}

test('enqueues one wake-up per shard', async () => {
  const { enqueued, producer, answer } = fakeProducer()
  const wakeUps = new WakeUps(producer, failOnMiss)
  wakeUps.enqueue([usage(1), kpi(1), usage(1), usage(2)])
  expect(enqueued).toEqual(['usage-1', 'kpi-1', 'usage-2'])
  await answer()
  await wakeUps.flushed()
})

test('wake-ups that arrive during an enqueue are merged into one after it', async () => {
  const { enqueued, producer, answer } = fakeProducer()
  const wakeUps = new WakeUps(producer, failOnMiss)
  wakeUps.enqueue([usage(1)])
  wakeUps.enqueue([usage(1)])
  wakeUps.enqueue([usage(1), kpi(2)])
  wakeUps.enqueue([kpi(2)])
  expect(enqueued).toEqual(['usage-1'])
  await answer()
  expect(enqueued).toEqual(['usage-1', 'usage-1', 'kpi-2'])
  await answer()
  await wakeUps.flushed()
  expect(enqueued).toHaveLength(3)
})

test('a failed wake-up is reported once, and does not delay later ones', async () => {
  const { enqueued, producer, answer } = fakeProducer()
  const missed: string[] = []
  const wakeUps = new WakeUps(producer, ({ message }) => missed.push(message))
  wakeUps.enqueue([usage(1), usage(2)])
  wakeUps.enqueue([usage(3)])
  await answer(new Error('Redis is unavailable'))
  expect(missed).toEqual(['Redis is unavailable'])
  expect(enqueued).toEqual(['usage-1', 'usage-2', 'usage-3'])
  await answer()
  await wakeUps.flushed()
  wakeUps.enqueue([usage(1)])
  expect(enqueued.slice(3)).toEqual(['usage-1'])
  await answer()
  await wakeUps.flushed()
})

test('flushed resolves when nothing was enqueued, and later wake-ups are enqueued', async () => {
  const { enqueued, producer, answer } = fakeProducer()
  const wakeUps = new WakeUps(producer, failOnMiss)
  wakeUps.enqueue([])
  await wakeUps.flushed()
  wakeUps.enqueue([kpi(0)])
  expect(enqueued).toEqual(['kpi-0'])
  await answer()
  await wakeUps.flushed()
})

test('flushed resolves only when no wake-up is pending', async () => {
  const { producer, answer } = fakeProducer()
  const wakeUps = new WakeUps(producer, failOnMiss)
  wakeUps.enqueue([usage(1)])
  let flushed = false
  const pending = wakeUps.flushed().then(() => {
    flushed = true
  })
  wakeUps.enqueue([usage(2)])
  await answer()
  expect(flushed).toBe(false)
  await answer()
  await pending
  expect(flushed).toBe(true)
})

describe('at a high rate', () => {
  afterEach(() => {
    jest.useRealTimers()
  })

  test('the first wake-up of a shard is not delayed; later ones are merged half a second later', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] })
    const { delays, producer, answer } = fakeProducer()
    const wakeUps = new WakeUps(producer, failOnMiss)
    const enqueueAfter = async (milliseconds: number, wakeUp: WakeUp, generation?: number) => {
      jest.advanceTimersByTime(milliseconds)
      wakeUps.enqueue([wakeUp], generation)
      await answer()
      return delays.at(-1)
    }
    expect(await enqueueAfter(0, usage(1))).toBe(0)
    expect(await enqueueAfter(100, usage(1))).toBe(400)
    expect(await enqueueAfter(300, usage(1))).toBe(100)
    // Other shards are independent.
    expect(await enqueueAfter(0, usage(2))).toBe(0)
    // The delayed wake-up has run: the next one is delayed from that time.
    expect(await enqueueAfter(200, usage(1))).toBe(400)
    expect(await enqueueAfter(5_000, usage(1))).toBe(0)
    // Wake-ups of the timer are never delayed.
    expect(await enqueueAfter(1, usage(1), 7)).toBe(0)
  })
})
