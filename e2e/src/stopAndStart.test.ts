import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Detour, detour, freePort, publish, type TestProcess } from '@stacktach/testing'
import { type Pipeline, type Program, startPipeline } from './pipeline.ts'
import { rejectedNotification } from './rejected.ts'
import { until } from './until.ts'

const MESSAGES = 300

const servers = ['postgres', 'redis', 'rabbitmq'] as const
type Server = (typeof servers)[number]

/** The servers that each program connects to. */
const serversOf = {
  ingest: ['postgres', 'redis', 'rabbitmq'],
  jobs: ['postgres', 'redis'],
  api: ['postgres'],
} as const

let pipeline: Pipeline
let proxies: Record<Server, Detour>
let api: string

/** A pipeline whose servers are unavailable at first. */
beforeEach(async () => {
  pipeline = await startPipeline(['east'])
  const { DATABASE_URL = '', REDIS_URL = '' } = pipeline.environment
  proxies = {
    postgres: await detour(DATABASE_URL),
    redis: await detour(REDIS_URL),
    rabbitmq: await detour(pipeline.vhost.url),
  }
  const port = await freePort()
  api = `http://127.0.0.1:${port}`
  Object.assign(pipeline.environment, {
    DATABASE_URL: proxies.postgres.url,
    REDIS_URL: proxies.redis.url,
    API_PORT: String(port),
  })
  const file = readFileSync(pipeline.deploymentsFile, 'utf8')
  const broker = Number(new URL(proxies.rabbitmq.url).port)
  writeFileSync(pipeline.deploymentsFile, file.replace(/"rabbit_port":\d+/, `"rabbit_port":${broker}`))
})

afterEach(async () => {
  for (const proxy of Object.values(proxies)) await proxy.shut()
  await pipeline.stop()
})

async function health(path: 'healthz' | 'readyz'): Promise<number> {
  const response = await fetch(`${api}/${path}`, { signal: AbortSignal.timeout(8_000) }).catch(() => null)
  return response?.status ?? 0
}

function send(): Promise<number> {
  return publish(
    pipeline.vhost,
    Array.from({ length: MESSAGES }, (_, index) => ({
      exchange: 'nova',
      routing_key: 'notifications.info',
      body: rejectedNotification(index),
    })),
  )
}

async function openAll(): Promise<void> {
  for (const name of servers) await proxies[name].open()
}

/** Sends SIGTERM; resolves with the exit code and the milliseconds until the exit. */
async function stop(process: TestProcess): Promise<{ code: number | null; milliseconds: number }> {
  const start = performance.now()
  const code = await process.stop('SIGTERM')
  return { code, milliseconds: performance.now() - start }
}

test.each([
  ['rabbitmq', 'redis', 'postgres'],
  ['postgres', 'redis', 'rabbitmq'],
] as const)('processes that start before the servers work once %s, %s, %s are available', async (...order) => {
  const processes = (['api', 'jobs', 'ingest'] as const).map((program) => pipeline.launch(program))
  await until(async () => (await health('healthz')) === 200)
  expect(await health('readyz')).toBe(503)
  for (const name of order) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    await proxies[name].open()
  }
  await until(async () => (await health('readyz')) === 200)
  await processes[2]?.printed(/"consuming"/)
  await send()
  await pipeline.settled(MESSAGES)
})

describe('SIGTERM stops a process cleanly within 10 s', () => {
  test.each(
    (['ingest', 'jobs', 'api'] as const).flatMap((program) =>
      serversOf[program].flatMap((server) => [
        { program, server, state: 'unavailable' as const },
        { program, server, state: 'silent' as const },
      ]),
    ),
  )('$program with $server $state', async ({ program, server, state }) => {
    await openAll()
    const process = await pipeline.start(program)
    if (program === 'ingest') await send()
    await new Promise((resolve) => setTimeout(resolve, 300))
    if (state === 'unavailable') await proxies[server].shut()
    else proxies[server].freeze()
    // The process holds messages that it cannot store.
    if (program === 'ingest') await send()
    if (program === 'api') void health('readyz')
    await new Promise((resolve) => setTimeout(resolve, 300))
    const { code, milliseconds } = await stop(process)
    expect({ code, output: process.output().slice(-2_000) }).toMatchObject({ code: 0 })
    expect(milliseconds).toBeLessThan(10_000)
  })

  test.each(['ingest', 'jobs', 'api'] as const)('%s while it waits for unavailable servers', async (program) => {
    const process = pipeline.launch(program)
    await process.printed(program === 'api' ? /"listening"/ : /"waiting for the database"|ECONNREFUSED/)
    const { code, milliseconds } = await stop(process)
    expect(code).toBe(0)
    expect(milliseconds).toBeLessThan(10_000)
  })
})

test('a second signal ends ingest immediately, and the broker redelivers its unacknowledged messages', async () => {
  await openAll()
  const process = await pipeline.start('ingest')
  proxies.postgres.freeze()
  await send()
  await new Promise((resolve) => setTimeout(resolve, 500))
  const first = process.stop('SIGTERM')
  await process.printed(/"stopping"/)
  // A second signal within this time counts as the first.
  await new Promise((resolve) => setTimeout(resolve, 600))
  const start = performance.now()
  expect(await process.stop('SIGTERM')).toBe(1)
  expect(performance.now() - start).toBeLessThan(1_000)
  await first
  proxies.postgres.cutFrozen()
  proxies.postgres.thaw()
  await Promise.all((['ingest', 'jobs'] satisfies Program[]).map((program) => pipeline.start(program)))
  await pipeline.settled(MESSAGES)
})
