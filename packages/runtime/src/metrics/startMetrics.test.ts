import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { Component } from '../lifecycle.ts'
import { createLogger, type Logger } from '../logger.ts'
import { Metrics } from './metrics.ts'
import { startMetrics } from './startMetrics.ts'

let running: Component<string | null> | undefined

afterEach(async () => {
  await running?.stop()
  running = undefined
})

async function start(lacks: () => Promise<string[]> = async () => [], host = '127.0.0.1') {
  const logger: Logger = createLogger('test', 'silent')
  running = await startMetrics({
    config: { METRICS_HOST: host, METRICS_PORT: 0 },
    metrics: new Metrics(),
    lacks,
    logger,
  })
  const url = running.value ?? ''
  return {
    url,
    logger,
    async ask(path: string, options: RequestInit = {}) {
      const response = await fetch(new URL(path, url), options)
      return { status: response.status, text: await response.text(), type: response.headers.get('content-type') }
    },
  }
}

test('without a port there is none', async () => {
  const nothing = await startMetrics({
    config: { METRICS_HOST: '127.0.0.1' },
    metrics: new Metrics(),
    lacks: async () => [],
    logger: createLogger('test', 'silent'),
  })
  expect(nothing.value).toBeNull()
  await nothing.stop()
})

test('a port that is taken is named', async () => {
  const { url, logger } = await start()
  const port = Number(new URL(url).port)
  const again = startMetrics({
    config: { METRICS_HOST: '127.0.0.1', METRICS_PORT: port },
    metrics: new Metrics(),
    lacks: async () => [],
    logger,
  })
  await expect(again).rejects.toThrow(`METRICS_PORT ${port} is already in use on 127.0.0.1`)
})

test('metrics, health and what there is', async () => {
  const { ask } = await start()
  const { status, text, type } = await ask('/metrics?name=x')
  expect({ status, type }).toEqual({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' })
  expect(text).toContain('# TYPE process_cpu_seconds_total counter')
  expect(await ask('/healthz')).toMatchObject({ status: 200, text: 'alive\n' })
  expect((await ask('/')).status).toBe(404)
  expect((await ask('/metrics', { method: 'POST' })).status).toBe(405)
})

test('ready is who lacks nothing', async () => {
  let lacking = ['the database does not answer', 'exchange east/nova is not consumed']
  const { ask } = await start(async () => lacking)
  expect(await ask('/readyz')).toMatchObject({ status: 503, text: `${lacking.join('\n')}\n` })
  expect((await ask('/healthz')).status).toBe(200)
  lacking = []
  expect(await ask('/readyz')).toMatchObject({ status: 200, text: 'ready\n' })
})

describe('the log level', () => {
  const put = (body: string, headers = {}) => ({ method: 'PUT', body, headers })

  test('is changed with PUT, of what was made from the logger, too', async () => {
    const { ask, logger } = await start()
    const child = logger.child({ deployment: 'east' })
    const grandchild = child.child({ exchange: 'nova' })
    expect(await ask('/loglevel')).toMatchObject({ status: 200, text: 'silent\n' })
    expect(await ask('/loglevel', put('fatal\n'))).toMatchObject({ status: 200, text: 'fatal\n' })
    expect([logger.level, child.level, grandchild.level]).toEqual(['fatal', 'fatal', 'fatal'])
    expect(await ask('/loglevel')).toMatchObject({ text: 'fatal\n' })
  })

  test.each(['', 'loud', 'DEBUG', 'x'.repeat(100_000)])('is not %.10p', async (body) => {
    const { ask, logger } = await start()
    expect((await ask('/loglevel', put(body))).status).toBe(400)
    expect(logger.level).toBe('silent')
  })

  test('is not changed by a page that a browser shows', async () => {
    const { ask, logger } = await start()
    expect((await ask('/loglevel', put('fatal', { origin: 'https://example.org' }))).status).toBe(403)
    expect(logger.level).toBe('silent')
  })

  const [outside] = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')

  test('is not changed by way of another address than loopback', async () => {
    if (outside === undefined) throw new Error('this machine has no address but loopback')
    const { url, logger } = await start(undefined, '0.0.0.0')
    const { port } = new URL(url)
    const response = await fetch(`http://${outside.address}:${port}/loglevel`, put('fatal'))
    expect(response.status).toBe(403)
    expect(logger.level).toBe('silent')
  })
})
