import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Detour, detour, freePort, publish, type TestProcess } from '@stacktach/testing'
import { type Pipeline, type Program, startPipeline } from './pipeline.ts'
import { rejectedNotification } from './rejected.ts'
import { until } from './until.ts'

const MESSAGES = 300

const servers = ['postgres', 'redis', 'rabbitmq'] as const
type Server = (typeof servers)[number]

/** Which servers a program has connections to. */
const uses = {
  ingest: ['postgres', 'redis', 'rabbitmq'],
  jobs: ['postgres', 'redis'],
  api: ['postgres'],
} as const

let pipeline: Pipeline
let ways: Record<Server, Detour>
let api: string

/** A pipeline whose every server is out of reach at first. */
beforeEach(async () => {
  pipeline = await startPipeline(['east'])
  const { DATABASE_URL = '', REDIS_URL = '' } = pipeline.environment
  ways = {
    postgres: await detour(DATABASE_URL),
    redis: await detour(REDIS_URL),
    rabbitmq: await detour(pipeline.vhost.url),
  }
  const port = await freePort()
  api = `http://127.0.0.1:${port}`
  Object.assign(pipeline.environment, {
    DATABASE_URL: ways.postgres.url,
    REDIS_URL: ways.redis.url,
    API_PORT: String(port),
  })
  const file = readFileSync(pipeline.deploymentsFile, 'utf8')
  const broker = Number(new URL(ways.rabbitmq.url).port)
  writeFileSync(pipeline.deploymentsFile, file.replace(/"rabbit_port":\d+/, `"rabbit_port":${broker}`))
})

afterEach(async () => {
  for (const way of Object.values(ways)) await way.shut()
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
  for (const name of servers) await ways[name].open()
}

/** Sends a signal; resolves with the exit code and how long the process took, in milliseconds. */
async function stopping(process: TestProcess): Promise<{ code: number | null; took: number }> {
  const began = performance.now()
  const code = await process.stop('SIGTERM')
  return { code, took: performance.now() - began }
}

test.each([
  ['rabbitmq', 'redis', 'postgres'],
  ['postgres', 'redis', 'rabbitmq'],
] as const)('processes started before the servers, which come as %s, %s, %s, begin to work', async (...order) => {
  const processes = (['api', 'jobs', 'ingest'] as const).map((program) => pipeline.launch(program))
  await until(async () => (await health('healthz')) === 200)
  expect(await health('readyz')).toBe(503)
  for (const name of order) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    await ways[name].open()
  }
  await until(async () => (await health('readyz')) === 200)
  await processes[2]?.printed(/"consuming"/)
  await send()
  await pipeline.settled(MESSAGES)
})

describe('SIGTERM ends a process in order and in time', () => {
  test.each(
    (['ingest', 'jobs', 'api'] as const).flatMap((program) =>
      uses[program].flatMap((server) => [
        { program, server, how: 'away' as const },
        { program, server, how: 'silent' as const },
      ]),
    ),
  )('$program with $server $how', async ({ program, server, how }) => {
    await openAll()
    const process = await pipeline.start(program)
    if (program === 'ingest') await send()
    await new Promise((resolve) => setTimeout(resolve, 300))
    if (how === 'away') await ways[server].shut()
    else ways[server].freeze()
    // Messages that it cannot store now are in its hands.
    if (program === 'ingest') await send()
    if (program === 'api') void health('readyz')
    await new Promise((resolve) => setTimeout(resolve, 300))
    const { code, took } = await stopping(process)
    expect({ code, output: process.output().slice(-2_000) }).toMatchObject({ code: 0 })
    expect(took).toBeLessThan(10_000)
  })

  test.each(['ingest', 'jobs', 'api'] as const)('%s while it waits for servers that are not there', async (program) => {
    const process = pipeline.launch(program)
    await process.printed(program === 'api' ? /"listening"/ : /"waiting for the database"|ECONNREFUSED/)
    const { code, took } = await stopping(process)
    expect(code).toBe(0)
    expect(took).toBeLessThan(10_000)
  })
})

test('a second signal ends ingest at once, and what it held is delivered again', async () => {
  await openAll()
  const process = await pipeline.start('ingest')
  ways.postgres.freeze()
  await send()
  await new Promise((resolve) => setTimeout(resolve, 500))
  const first = process.stop('SIGTERM')
  await process.printed(/"stopping"/)
  // Until then it is the same one, told twice.
  await new Promise((resolve) => setTimeout(resolve, 600))
  const began = performance.now()
  expect(await process.stop('SIGTERM')).toBe(1)
  expect(performance.now() - began).toBeLessThan(1_000)
  await first
  ways.postgres.cutFrozen()
  ways.postgres.thaw()
  await Promise.all((['ingest', 'jobs'] satisfies Program[]).map((program) => pipeline.start(program)))
  await pipeline.settled(MESSAGES)
})
