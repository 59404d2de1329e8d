import { afterEach, describe, expect, test } from '@jest/globals'
import { type Component, Composition } from './lifecycle.ts'
import { createLogger } from './logger.ts'

const logger = createLogger('test', 'silent')

afterEach(() => {
  // A composition lives as long as its process, so it never takes its listeners away.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeAllListeners(signal)
})

/** Components that note when they start and stop. */
function journal() {
  const lines: string[] = []
  const component =
    <T>(name: string, value: T) =>
    async (): Promise<Component<T>> => {
      lines.push(`start ${name}`)
      return {
        value,
        async stop() {
          await Promise.resolve()
          lines.push(`stop ${name}`)
        },
      }
    }
  return { lines, component }
}

/** Lets everything that is ready to run do so. */
function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function signalled(signal: 'SIGTERM' | 'SIGINT'): void {
  process.emit(signal, signal)
}

test.each(['SIGTERM', 'SIGINT'] as const)('components start in order, and on %s stop in reverse', async (signal) => {
  const { lines, component } = journal()
  const run = Composition.empty()
    .add('db', component('db', 1))
    .add('redis', component('redis', 2))
    .add('ingest', component('ingest', 3))
    .run(logger)
  await idle()
  expect(lines).toEqual(['start db', 'start redis', 'start ingest'])
  signalled(signal)
  await run
  expect(lines.slice(3)).toEqual(['stop ingest', 'stop redis', 'stop db'])
})

test('each component is given the values of those before it', async () => {
  const { component } = journal()
  const seen: unknown[] = []
  const run = Composition.empty()
    .add('first', component('first', 1))
    .add('second', async ({ first }) => {
      seen.push(first)
      return component('second', first + 1)()
    })
    .add('third', async (values) => {
      seen.push({ ...values })
      return component('third', null)()
    })
    .run(logger)
  await idle()
  signalled('SIGTERM')
  await run
  expect(seen).toEqual([1, { first: 1, second: 2 }])
})

test('a composition is extended without being changed', async () => {
  const { lines, component } = journal()
  const base = Composition.empty().add('db', component('db', 1))
  base.add('ingest', component('ingest', 2))
  const run = base.run(logger)
  await idle()
  signalled('SIGTERM')
  await run
  expect(lines).toEqual(['start db', 'stop db'])
})

describe('what does not start', () => {
  test('unwinds what did, in reverse, and says why', async () => {
    const { lines, component } = journal()
    const run = Composition.empty()
      .add('db', component('db', 1))
      .add('redis', component('redis', 2))
      .add('ingest', async () => {
        throw new Error('no deployment')
      })
      .add('never', component('never', 3))
      .run(logger)
    await expect(run).rejects.toThrow('no deployment')
    expect(lines).toEqual(['start db', 'start redis', 'stop redis', 'stop db'])
  })
})

test('a component that does not stop cleanly keeps no other from stopping', async () => {
  const { lines, component } = journal()
  const run = Composition.empty()
    .add('db', component('db', 1))
    .add('stuck', async () => ({ value: 2, stop: () => Promise.reject(new Error('connection lost')) }))
    .add('ingest', component('ingest', 3))
    .run(logger)
  await idle()
  signalled('SIGTERM')
  await run
  expect(lines.slice(-2)).toEqual(['stop ingest', 'stop db'])
})

test('a signal that comes while components start stops them once all have', async () => {
  const { lines, component } = journal()
  const run = Composition.empty()
    .add('db', component('db', 1))
    .add('redis', async () => {
      signalled('SIGTERM')
      return component('redis', 2)()
    })
    .run(logger)
  await run
  expect(lines).toEqual(['start db', 'start redis', 'stop redis', 'stop db'])
})
