import { afterEach, describe, expect, test } from '@jest/globals'
import { type Component, Composition } from './lifecycle.ts'
import { createLogger } from './logger.ts'

const logger = createLogger('test', 'silent')

afterEach(() => {
  // A failed test may leave the listeners of its composition.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.removeAllListeners(signal)
})

/** Components that record when they start and stop. */
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

/** Waits until all pending callbacks have run. */
function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function sendSignal(signal: 'SIGTERM' | 'SIGINT'): void {
  process.emit(signal, signal)
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'components start in order, and stop in reverse order on %s',
  async (signal) => {
    const { lines, component } = journal()
    const run = Composition.empty()
      .add('db', component('db', 1))
      .add('redis', component('redis', 2))
      .add('ingest', component('ingest', 3))
      .run(logger)
    await idle()
    expect(lines).toEqual(['start db', 'start redis', 'start ingest'])
    sendSignal(signal)
    await run
    expect(lines.slice(3)).toEqual(['stop ingest', 'stop redis', 'stop db'])
  },
)

test('a component receives the values of the components before it', async () => {
  const { component } = journal()
  const received: unknown[] = []
  const run = Composition.empty()
    .add('first', component('first', 1))
    .add('second', async ({ first }) => {
      received.push(first)
      return component('second', first + 1)()
    })
    .add('third', async (values) => {
      received.push({ ...values })
      return component('third', null)()
    })
    .run(logger)
  await idle()
  sendSignal('SIGTERM')
  await run
  expect(received).toEqual([1, { first: 1, second: 2 }])
})

test('add() does not change the composition', async () => {
  const { lines, component } = journal()
  const base = Composition.empty().add('db', component('db', 1))
  base.add('ingest', component('ingest', 2))
  const run = base.run(logger)
  await idle()
  sendSignal('SIGTERM')
  await run
  expect(lines).toEqual(['start db', 'stop db'])
})

describe('a component that fails to start', () => {
  test('rejects with its error, after the started components stopped in reverse order', async () => {
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

test('a component that fails to stop does not block the others', async () => {
  const { lines, component } = journal()
  const run = Composition.empty()
    .add('db', component('db', 1))
    .add('stuck', async () => ({ value: 2, stop: () => Promise.reject(new Error('connection lost')) }))
    .add('ingest', component('ingest', 3))
    .run(logger)
  await idle()
  sendSignal('SIGTERM')
  await run
  expect(lines.slice(-2)).toEqual(['stop ingest', 'stop db'])
})

test('a signal during the start stops the components when the current one has started', async () => {
  const { lines, component } = journal()
  const run = Composition.empty()
    .add('db', component('db', 1))
    .add('redis', async () => {
      sendSignal('SIGTERM')
      return component('redis', 2)()
    })
    .run(logger)
  await run
  expect(lines).toEqual(['start db', 'start redis', 'stop redis', 'stop db'])
})

test('a component that hangs while it starts does not block the stop', async () => {
  const { lines, component } = journal()
  const run = Composition.empty()
    .add('db', component('db', 1))
    .add('stuck', () => new Promise<Component<null>>(() => {}))
    .run(logger)
  await idle()
  sendSignal('SIGTERM')
  await run
  expect(lines).toEqual(['start db', 'stop db'])
})
