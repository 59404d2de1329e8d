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

async function start(notReadyReasons: () => Promise<string[]> = async () => [], host = '127.0.0.1') {
  const logger: Logger = createLogger('test', 'silent')
  running = await startMetrics({
    config: { METRICS_HOST: host, METRICS_PORT: 0 },
    metrics: new Metrics(),
    notReadyReasons,
    logger,
  })
  const url = running.value ?? ''
  return {
    url,
    logger,
    async send(path: string, options: RequestInit = {}) {
      const response = await fetch(new URL(path, url), options)
      return { status: response.status, text: await response.text(), type: response.headers.get('content-type') }
    },
  }
}

test('without METRICS_PORT nothing listens', async () => {
  const component = await startMetrics({
    config: { METRICS_HOST: '127.0.0.1' },
    metrics: new Metrics(),
    notReadyReasons: async () => [],
    logger: createLogger('test', 'silent'),
  })
  expect(component.value).toBeNull()
  await component.stop()
})

test('the error names a port that is in use', async () => {
  const { url, logger } = await start()
  const port = Number(new URL(url).port)
  const second = startMetrics({
    config: { METRICS_HOST: '127.0.0.1', METRICS_PORT: port },
    metrics: new Metrics(),
    notReadyReasons: async () => [],
    logger,
  })
  await expect(second).rejects.toThrow(`METRICS_PORT ${port} is already in use on 127.0.0.1`)
})

test('serves metrics and health, and rejects other paths and methods', async () => {
  const { send } = await start()
  const { status, text, type } = await send('/metrics?name=x')
  expect({ status, type }).toEqual({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' })
  expect(text).toContain('# TYPE process_cpu_seconds_total counter')
  expect(await send('/healthz')).toMatchObject({ status: 200, text: 'alive\n' })
  expect((await send('/')).status).toBe(404)
  expect((await send('/metrics', { method: 'POST' })).status).toBe(405)
})

test('is ready when there is no reason against it', async () => {
  let reasons = ['the database does not answer', 'exchange east/nova is not consumed']
  const { send } = await start(async () => reasons)
  expect(await send('/readyz')).toMatchObject({ status: 503, text: `${reasons.join('\n')}\n` })
  expect((await send('/healthz')).status).toBe(200)
  reasons = []
  expect(await send('/readyz')).toMatchObject({ status: 200, text: 'ready\n' })
})

describe('the log level', () => {
  const put = (body: string, headers = {}) => ({ method: 'PUT', body, headers })

  test('is changed by PUT, for child loggers too', async () => {
    const { send, logger } = await start()
    const child = logger.child({ deployment: 'east' })
    const grandchild = child.child({ exchange: 'nova' })
    expect(await send('/loglevel')).toMatchObject({ status: 200, text: 'silent\n' })
    expect(await send('/loglevel', put('fatal\n'))).toMatchObject({ status: 200, text: 'fatal\n' })
    expect([logger.level, child.level, grandchild.level]).toEqual(['fatal', 'fatal', 'fatal'])
    expect(await send('/loglevel')).toMatchObject({ text: 'fatal\n' })
  })

  test.each(['', 'loud', 'DEBUG', 'x'.repeat(100_000)])('rejects %.10p', async (body) => {
    const { send, logger } = await start()
    expect((await send('/loglevel', put(body))).status).toBe(400)
    expect(logger.level).toBe('silent')
  })

  test('cannot be changed by a web page in a browser', async () => {
    const { send, logger } = await start()
    expect((await send('/loglevel', put('fatal', { origin: 'https://example.org' }))).status).toBe(403)
    expect(logger.level).toBe('silent')
  })

  const [outside] = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')

  test('cannot be changed through an address other than loopback', async () => {
    if (outside === undefined) throw new Error('this machine has loopback addresses only')
    const { url, logger } = await start(undefined, '0.0.0.0')
    const { port } = new URL(url)
    const response = await fetch(`http://${outside.address}:${port}/loglevel`, put('fatal'))
    expect(response.status).toBe(403)
    expect(logger.level).toBe('silent')
  })
})
