import { afterEach, describe, expect, jest, test } from '@jest/globals'
import type { Producer } from './producer.ts'
import { type WakeUp, WakeUps } from './wakeUps.ts'

/** A producer that notes what is rung, and answers when it is told to. */
function fakeProducer() {
  const rung: string[] = []
  const delays: number[] = []
  let answers: ((error?: Error) => void)[] = []
  const enqueue = (job: string, { shard }: { shard: number }, _round: number | undefined, delay: number) => {
    rung.push(`${job}-${shard}`)
    delays.push(delay)
    return new Promise<void>((resolve, reject) => {
      answers.push((error) => (error ? reject(error) : resolve()))
    })
  }
  return {
    rung,
    delays,
    producer: { enqueue } as unknown as Producer,
    async answer(error?: Error): Promise<void> {
      const waiting = answers
      answers = []
      for (const each of waiting) each(error)
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

const usage = (shard: number): WakeUp => ({ job: 'usage', shard })
const kpi = (shard: number): WakeUp => ({ job: 'kpi', shard })

function noMiss(error: Error): void {
  throw error
}

test('rings for each shard, once', async () => {
  const { rung, producer, answer } = fakeProducer()
  const wakeUps = new WakeUps(producer, noMiss)
  wakeUps.enqueue([usage(1), kpi(1), usage(1), usage(2)])
  expect(rung).toEqual(['usage-1', 'kpi-1', 'usage-2'])
  await answer()
  await wakeUps.flushed()
})

test('rings that come while it rings are one ring, after it', async () => {
  const { rung, producer, answer } = fakeProducer()
  const wakeUps = new WakeUps(producer, noMiss)
  wakeUps.enqueue([usage(1)])
  wakeUps.enqueue([usage(1)])
  wakeUps.enqueue([usage(1), kpi(2)])
  wakeUps.enqueue([kpi(2)])
  expect(rung).toEqual(['usage-1'])
  await answer()
  expect(rung).toEqual(['usage-1', 'usage-1', 'kpi-2'])
  await answer()
  await wakeUps.flushed()
  expect(rung).toHaveLength(3)
})

test('a ring that Redis did not hear is told once, and holds up no later one', async () => {
  const { rung, producer, answer } = fakeProducer()
  const missed: string[] = []
  const wakeUps = new WakeUps(producer, ({ message }) => missed.push(message))
  wakeUps.enqueue([usage(1), usage(2)])
  wakeUps.enqueue([usage(3)])
  await answer(new Error('Redis is away'))
  expect(missed).toEqual(['Redis is away'])
  expect(rung).toEqual(['usage-1', 'usage-2', 'usage-3'])
  await answer()
  await wakeUps.flushed()
  wakeUps.enqueue([usage(1)])
  expect(rung.slice(3)).toEqual(['usage-1'])
  await answer()
  await wakeUps.flushed()
})

test('with nothing to ring it is settled, and rings the next time', async () => {
  const { rung, producer, answer } = fakeProducer()
  const wakeUps = new WakeUps(producer, noMiss)
  wakeUps.enqueue([])
  await wakeUps.flushed()
  wakeUps.enqueue([kpi(0)])
  expect(rung).toEqual(['kpi-0'])
  await answer()
  await wakeUps.flushed()
})

test('is settled only when nothing is left to ring', async () => {
  const { producer, answer } = fakeProducer()
  const wakeUps = new WakeUps(producer, noMiss)
  wakeUps.enqueue([usage(1)])
  let settled = false
  const waiting = wakeUps.flushed().then(() => {
    settled = true
  })
  wakeUps.enqueue([usage(2)])
  await answer()
  expect(settled).toBe(false)
  await answer()
  await waiting
  expect(settled).toBe(true)
})

describe('at full speed', () => {
  afterEach(() => {
    jest.useRealTimers()
  })

  test('the first ring for a shard is heard at once, those that follow together, half a second later', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] })
    const { delays, producer, answer } = fakeProducer()
    const wakeUps = new WakeUps(producer, noMiss)
    const ringAfter = async (milliseconds: number, ring: WakeUp, round?: number) => {
      jest.advanceTimersByTime(milliseconds)
      wakeUps.enqueue([ring], round)
      await answer()
      return delays.at(-1)
    }
    expect(await ringAfter(0, usage(1))).toBe(0)
    expect(await ringAfter(100, usage(1))).toBe(400)
    expect(await ringAfter(300, usage(1))).toBe(100)
    // Another shard has its own.
    expect(await ringAfter(0, usage(2))).toBe(0)
    // What was to be heard half a second after the first is heard; the next waits from then on.
    expect(await ringAfter(200, usage(1))).toBe(400)
    expect(await ringAfter(5_000, usage(1))).toBe(0)
    // The timer's rings never wait.
    expect(await ringAfter(1, usage(1), 7)).toBe(0)
  })
})
