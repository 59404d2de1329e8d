import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { captured, findProgram, freePort, publish } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

const run = promisify(execFile)

const isInstalled = ['redis-server', 'redis-cli'].every((program) => findProgram(program) !== null)

/** The cluster needs installed programs; Redis in a container is not enough. */
const withRedis = isInstalled ? describe : describe.skip

/** The smallest number of nodes of a cluster. */
const NODES = 3

withRedis('queues in a Redis cluster', () => {
  let folder: string
  let ports: number[]
  const nodes: ChildProcess[] = []
  let pipeline: Pipeline

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stacktach-cluster-'))
    ports = []
    for (let node = 0; node < NODES; node++) {
      const port = await freePort()
      const bus = await freePort()
      ports.push(port)
      const cluster = [
        '--cluster-enabled',
        'yes',
        '--cluster-port',
        String(bus),
        '--cluster-config-file',
        `${port}.conf`,
      ]
      const server = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder]
      nodes.push(spawn('redis-server', [...server, ...cluster], { stdio: 'ignore' }))
    }
    const isUp = (port: number) =>
      cli(port, 'ping').then(
        () => true,
        () => false,
      )
    await until(async () => (await Promise.all(ports.map(isUp))).every(Boolean), 10_000, 'Redis')
    const addresses = ports.map((port) => `127.0.0.1:${port}`)
    await run('redis-cli', ['--cluster', 'create', ...addresses, '--cluster-yes'])
    await until(
      async () => (await cli(ports[0] ?? 0, 'cluster', 'info')).includes('cluster_state:ok'),
      20_000,
      'a cluster',
    )
    pipeline = await startPipeline(['east'], { REDIS_URL: `redis+cluster://127.0.0.1:${ports[0]}` })
  }, 60_000)

  afterAll(async () => {
    await pipeline.stop()
    for (const node of nodes) node.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })

  test('receive wake-ups and are processed; all keys of a queue are on one node', async () => {
    const jobs = await pipeline.start('jobs')
    await pipeline.start('ingest')
    const messages = captured('nova_unversioned')
    await publish(pipeline.vhost, messages)
    await pipeline.settled(messages.length)
    await jobs.printed(/"job":"usage".*"folded":[1-9]/)
    await jobs.printed(/"job":"kpi".*"folded":[1-9]/)
    const { code, output } = await pipeline.run('status', '--json')
    expect({ code, output }).toMatchObject({ code: 0 })
    expect(JSON.parse(output)).toMatchObject({ backlog: 0, jobs: expect.anything() })
    const sizes = await Promise.all(ports.map(async (port) => Number(await cli(port, 'dbsize'))))
    expect(sizes.filter((size) => size > 0)).toHaveLength(1)
  })
})

async function cli(port: number, ...command: string[]): Promise<string> {
  return (await run('redis-cli', ['-p', String(port), ...command])).stdout
}
