import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import {
  type BrokerCluster,
  type CapturedMessage,
  type ClusterNode,
  deploymentEntry,
  detour,
  rabbitmqServer,
  startBrokerCluster,
} from '@stacktach/testing'
import { firstHalf, measureFailover, secondHalf, undisturbed } from './failover.ts'
import { observe } from './observe.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

const server = rabbitmqServer()

/** The cluster needs an installed RabbitMQ; one in a container is not enough. */
const withRabbitmq = server === null ? describe.skip : describe

const topics = {
  nova: ['notifications.*', 'versioned_notifications.*'].map((key) => ({ queue: 'stacktach_nova', routing_key: key })),
}

const MINUTES = 60_000

withRabbitmq('a cluster of three brokers', () => {
  let cluster: BrokerCluster
  let expected: Record<string, string[]>
  let pipeline: Pipeline

  beforeAll(async () => {
    expected = await undisturbed()
    cluster = await startBrokerCluster(server ?? '', 3)
    pipeline = await startPipeline(['east'], { METRICS_PORT: '0' })
    const hosts = cluster.nodes.map(({ port }) => `guest:guest@127.0.0.1:${port}`)
    const entry = {
      name: 'east',
      transport_url: `rabbit://${hosts.join(',')}//`,
      queue_arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': -1 },
      topics,
    }
    await writeFile(pipeline.deploymentsFile, JSON.stringify({ deployments: [entry] }))
  }, 6 * MINUTES)

  afterAll(async () => {
    await pipeline?.stop()
    await cluster?.drop()
  }, MINUTES)

  const connectedNode = async (): Promise<ClusterNode | undefined> => {
    const { output } = await pipeline.run('status', '--json')
    const [process] = JSON.parse(output).ingest
    return cluster.nodes.find(({ port }) => process?.brokers.east === `127.0.0.1:${port}`)
  }

  test(
    'loses nothing when the node is killed that ingest is connected to; metrics and status show the new one',
    async () => {
      const { scrape } = await observe(pipeline)
      const [first] = cluster.nodes
      if (first === undefined) throw new Error('the cluster has no node')
      await publishTo(first, firstHalf)
      await pipeline.settled(firstHalf.length)
      const lostNode = await connectedNode()
      const others = cluster.nodes.filter((node) => node !== lostNode)
      expect(others).toHaveLength(2)
      const [survivor = first] = others
      const failover = await measureFailover(
        'the broker node of ingest is killed',
        async () => lostNode?.kill(),
        () => publishTo(survivor, secondHalf),
        () => pipeline.database,
        expected,
      )
      expect(failover).toMatchObject({ lost: 0, duplicate: 0, different: 0 })
      expect(failover.secondsUntilStored).toBeLessThan(30)
      await until(async () => {
        const node = await connectedNode()
        return node !== undefined && others.includes(node)
      })
      const samples = (await scrape('ingest')).samples.filter(({ name }) => name === 'stacktach_broker_connected')
      expect(samples).toHaveLength(3)
      const connected = samples.filter(({ value }) => value === 1).map(({ labels }) => labels.broker)
      expect(connected).toEqual([`127.0.0.1:${(await connectedNode())?.port}`])
      expect((await pipeline.run('status')).output).toMatch(/Connected to[\s\S]+ east +│ 127\.0\.0\.1:\d+/)
    },
    4 * MINUTES,
  )
})

test(
  'a half-open connection to the broker ends within 30 seconds, on both sides',
  async () => {
    const pipeline = await startPipeline(['east'])
    const proxy = await detour(pipeline.vhost.url)
    await proxy.open()
    try {
      const entry = deploymentEntry('east', new URL(proxy.url), topics)
      await writeFile(pipeline.deploymentsFile, JSON.stringify({ deployments: [entry] }))
      const ingest = await pipeline.start('ingest')
      const watcher = await pipeline.vhost.connect()
      const channel = await watcher.createChannel()
      const consumers = async () => (await channel.checkQueue('stacktach_nova')).consumerCount
      expect(await consumers()).toBe(1)
      proxy.freeze()
      const frozenAt = performance.now()
      const seconds = () => (performance.now() - frozenAt) / 1000
      await ingest.printed(/"msg":"connection lost"/, 40_000)
      const ofIngest = seconds()
      await until(async () => (await consumers()) === 0, 40_000, 'the broker ends the connection')
      const ofBroker = seconds()
      process.stdout.write(`half-open connection to the broker | ${ofIngest.toFixed(1)} | ${ofBroker.toFixed(1)}\n`)
      expect(ofIngest).toBeLessThan(30)
      expect(ofBroker).toBeLessThan(30)
      proxy.thaw()
      await until(async () => (await consumers()) === 1, 30_000, 'ingest consumes again')
      await watcher.close()
    } finally {
      await pipeline.stop()
      await proxy.shut()
    }
  },
  2 * MINUTES,
)

/** Publishes as oslo.messaging does: what a node did not confirm is published again, because queues elect a new leader. */
async function publishTo(node: ClusterNode, messages: readonly CapturedMessage[]): Promise<void> {
  for (let rest = messages; rest.length > 0; ) {
    const batch = rest.slice(0, 25)
    const connection = await node.connect()
    const confirmed = await send(connection, batch).catch(() => false)
    if (confirmed) rest = rest.slice(batch.length)
    else await sleep(200)
    await connection.close()
  }
}

/** @returns whether the broker confirmed all messages */
async function send(
  connection: Awaited<ReturnType<ClusterNode['connect']>>,
  messages: readonly CapturedMessage[],
): Promise<boolean> {
  const channel = await connection.createConfirmChannel()
  const confirmed = messages.map(
    ({ exchange, routing_key, body }) =>
      new Promise<boolean>((resolve) => {
        const options = { persistent: true, contentType: 'application/json' }
        channel.publish(exchange, routing_key, body, options, (error) => resolve(error === null))
      }),
  )
  const all = Promise.all(confirmed).then((results) => results.every(Boolean))
  return Promise.race([all, sleep(5_000).then(() => false)])
}
