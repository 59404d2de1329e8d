import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Detour, detour, dropRedisKeys, services } from '@stacktach/testing'
import { Producer } from './producer.ts'
import { type FailedAttempt, type Handlers, startWorkers } from './workers.ts'

const TIMEOUT_MS = 60_000

type Events = { failed: (Partial<FailedAttempt> & { reason: string })[]; done: unknown[]; redisErrors: Error[] }

let prefix: string
/** The test's own connection to Redis. */
let producer: Producer
/** Redis as the workers reach it. */
let network: Detour
/** Stops what a test started. */
let cleanUp: (() => Promise<unknown>)[]

beforeEach(async () => {
  prefix = `workers_${randomBytes(8).toString('hex')}`
  cleanUp = []
  producer = new Producer(services().redisUrl, prefix, () => {})
  await producer.ready(TIMEOUT_MS)
  network = await detour(services().redisUrl)
  await network.open()
})

afterEach(async () => {
  for (const stop of cleanUp) await stop()
  await network.shut()
  await producer.close()
  await dropRedisKeys(prefix)
})

async function unexpected(): Promise<never> {
  throw new Error('unexpected job')
}

/** Starts workers with these handlers; all other jobs fail. */
function start(handlers: Partial<Handlers>) {
  const events: Events = { failed: [], done: [], redisErrors: [] }
  const stop = startWorkers(
    network.url,
    prefix,
    {
      usage: unexpected,
      kpi: unexpected,
      'verify-nova': unexpected,
      'verify-glance': unexpected,
      'publish-verified': unexpected,
      'deliver-webhooks': unexpected,
      report: unexpected,
      'due-reports': unexpected,
      partitions: unexpected,
      retention: unexpected,
      'find-missing': unexpected,
      'close-usage': unexpected,
      'replay-rejected': unexpected,
      refold: unexpected,
      ...handlers,
    },
    {
      onError: ({ message }, { queue: _, milliseconds: __, ...attempt }) =>
        events.failed.push({ ...attempt, reason: message }),
      onRedisError: (error) => events.redisErrors.push(error),
      onDone: ({ job, result }) => events.done.push({ job, result }),
    },
  )
  let stopped: Promise<void> | undefined
  const stopOnce = () => {
    stopped ??= stop()
    return stopped
  }
  cleanUp.push(stopOnce)
  return { events, stop: stopOnce }
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`timeout: ${condition}`)
    await sleep(20)
  }
}

/** A promise that the test resolves. */
function gate(): { opened: Promise<void>; open(): void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

const counts = { stored: 1, duplicates: 0, rejected: 0, truncated: 0 }

test('a job runs with its parsed payload, and the producer gets its result', async () => {
  const payloads: unknown[] = []
  const { events } = start({
    retention: async (payload) => {
      payloads.push(payload)
      return { partitions: ['p1'], aggregates: { timing: 2 } }
    },
  })
  const job = await producer.queue('maintenance').add('retention', {}, { attempts: 1 })
  const result = await producer.result('retention', job, TIMEOUT_MS)
  expect(result).toEqual({ partitions: ['p1'], aggregates: { timing: 2 } })
  expect(payloads).toEqual([{ before: null, service: null }])
  expect(events).toMatchObject({ failed: [], done: [{ job: 'retention', result }] })
})

test('a failed attempt is retried, with the progress that it reported', async () => {
  const previous: unknown[] = []
  const { events } = start({
    'replay-rejected': async (_, progress) => {
      previous.push(progress.previous)
      if (previous.length === 1) {
        await progress.report({ ...counts, after: 7 })
        throw new Error('the first attempt fails')
      }
      return counts
    },
  })
  const job = await producer.enqueueForOperator('replay-rejected', { ids: null })
  expect(await producer.result('replay-rejected', job, TIMEOUT_MS)).toEqual(counts)
  expect(previous).toEqual([0, { ...counts, after: 7 }])
  expect(events.failed).toEqual([{ job: 'replay-rejected', willRetry: true, reason: 'the first attempt fails' }])
})

test('a job fails permanently after its last attempt', async () => {
  const { events } = start({})
  const job = await producer.queue('maintenance').add('retention', {}, { attempts: 2 })
  await expect(producer.result('retention', job, TIMEOUT_MS)).rejects.toThrow('unexpected job')
  await until(() => events.failed.length === 2)
  expect(events.failed.map(({ willRetry }) => willRetry)).toEqual([true, false])
})

test('a job of an operator fails permanently, although wake-ups with its name do not', async () => {
  const { events } = start({})
  const job = await producer.enqueueForOperator('verify-nova', { range: null, again: false })
  await expect(producer.result('verify-nova', job, TIMEOUT_MS)).rejects.toThrow('unexpected job')
  await until(() => events.failed.length === 1)
  expect(events.failed).toMatchObject([{ job: 'verify-nova', willRetry: false }])
})

describe('a wake-up', () => {
  test('that fails is not retried; the next one does its work', async () => {
    let runs = 0
    const { events } = start({
      usage: async () => {
        if (++runs === 1) throw new Error('the first run fails')
        return { folded: 3 }
      },
    })
    await producer.enqueue('usage', { shard: 1 })
    await until(() => events.failed.length === 1)
    expect(events.failed).toEqual([{ job: 'usage', willRetry: true, reason: 'the first run fails' }])
    await producer.enqueue('usage', { shard: 1 })
    await until(() => events.done.length === 1)
    expect(events.done).toEqual([{ job: 'usage', result: { folded: 3 } }])
    expect(runs).toBe(2)
  })

  test('during a running job causes one more run, however many there are', async () => {
    const { opened, open } = gate()
    const shards: number[] = []
    const { events } = start({
      usage: async ({ shard }) => {
        shards.push(shard)
        if (shards.length === 1) await opened
        return { folded: 0 }
      },
    })
    await producer.enqueue('usage', { shard: 1 })
    await until(() => shards.length === 1)
    for (let index = 0; index < 5; index++) await producer.enqueue('usage', { shard: 1 })
    open()
    await until(() => events.done.length === 2)
    await sleep(300)
    expect(shards).toEqual([1, 1])
  })
})

test('jobs with an unknown name or an invalid payload fail', async () => {
  const { events } = start({ usage: async () => ({ folded: 0 }) })
  await producer.queue('aggregation').add('nonsense', {})
  await producer.queue('aggregation').add('usage', { shard: -1 })
  await until(() => events.failed.length === 2)
  expect(events.failed.find(({ job }) => job === 'nonsense')?.reason).toBe('unknown job nonsense')
  expect(events.failed.find(({ job }) => job === 'usage')?.reason).toContain('shard')
  expect(events.done).toEqual([])
})

describe('a stop', () => {
  test('finishes the active job and takes no new one', async () => {
    const { opened, open } = gate()
    let runs = 0
    const { events, stop } = start({
      report: async () => {
        runs++
        await opened
        return { id: 1 }
      },
    })
    const payload = {
      report: 'instance-hours' as const,
      period: { from: 0, until: 1 },
      region: '',
      once: false,
      inProgress: false,
    }
    const first = await producer.enqueue('report', payload)
    await until(() => runs === 1)
    const second = await producer.enqueue('report', { ...payload, region: 'east' })
    const stopped = stop()
    await sleep(200)
    open()
    await stopped
    expect(events.done).toEqual([{ job: 'report', result: { id: 1 } }])
    expect(runs).toBe(1)
    expect([await first.getState(), await second.getState()]).toEqual(['completed', 'waiting'])
  })

  test('does not wait for a job that does not end; another worker runs it again', async () => {
    const { opened, open } = gate()
    const hanging = start({ partitions: () => opened.then(() => null) })
    const job = await producer.enqueueForOperator('partitions', {})
    await until(async () => (await job.getState()) === 'active')
    const stoppedAt = performance.now()
    await hanging.stop()
    expect(performance.now() - stoppedAt).toBeLessThan(9_000)
    const { events } = start({ partitions: async () => null })
    await until(() => events.done.length === 1)
    expect(await producer.result('partitions', job, TIMEOUT_MS)).toBeNull()
    open()
    expect(hanging.events.done).toEqual([])
  })

  test('ends although Redis becomes unavailable before the active job ends', async () => {
    const { opened, open } = gate()
    let runs = 0
    const { stop } = start({
      kpi: async () => {
        runs++
        await opened
        return { folded: 0 }
      },
    })
    await producer.enqueue('kpi', { shard: 0 })
    await until(() => runs === 1)
    const stoppedAt = performance.now()
    const stopped = stop()
    await sleep(100)
    await network.shut()
    open()
    await stopped
    expect(performance.now() - stoppedAt).toBeLessThan(9_000)
  })
})

describe('when the connection to Redis is lost', () => {
  test('workers reconnect and run later jobs', async () => {
    const { events } = start({ usage: async ({ shard }) => ({ folded: shard }) })
    await producer.enqueue('usage', { shard: 1 })
    await until(() => events.done.length === 1)
    network.cut()
    await until(() => events.redisErrors.length > 0)
    await producer.enqueue('usage', { shard: 2 })
    await until(() => events.done.length === 2)
    expect(events.done.at(-1)).toEqual({ job: 'usage', result: { folded: 2 } })
  })

  test('the result of a running job is stored after the reconnection', async () => {
    const { opened, open } = gate()
    let runs = 0
    const { events } = start({
      partitions: async () => {
        runs++
        await opened
        return null
      },
    })
    const job = await producer.enqueueForOperator('partitions', {})
    await until(() => runs === 1)
    await network.shut()
    open()
    await sleep(500)
    await network.open()
    expect(await producer.result('partitions', job, TIMEOUT_MS)).toBeNull()
    await until(() => events.done.length === 1)
    expect(runs).toBe(1)
  })
})
