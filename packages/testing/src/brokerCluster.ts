import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type ChannelModel, connect } from 'amqplib'
import { freePort } from './detour.ts'
import { findProgram } from './findProgram.ts'

const run = promisify(execFile)

const START_TIMEOUT_MS = 180_000

/** A node of a RabbitMQ cluster. */
export interface ClusterNode {
  /** amqp:// URL of the virtual host `/`. */
  url: string
  port: number
  connect(): Promise<ChannelModel>
  start(): Promise<void>
  /** Kills the node, as in a crash. */
  kill(): Promise<void>
}

/** A RabbitMQ cluster of one test. */
export interface BrokerCluster {
  nodes: ClusterNode[]
  drop(): Promise<void>
}

/** Path of RabbitMQ's server; null when it is not installed on this machine. */
export function rabbitmqServer(): string | null {
  return findProgram('rabbitmq-server', ['/usr/lib/rabbitmq/bin'])
}

/** Starts a cluster. The nodes share a port mapper of their own, so that they do not meet other nodes of the machine. */
export async function startBrokerCluster(server: string, size: number): Promise<BrokerCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'stacktach-brokers-'))
  const root = process.getuid?.() === 0
  const user = root ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  const own = (path: string) => {
    if (user.uid !== undefined) chownSync(path, user.uid, user.gid)
  }
  own(folder)
  const mapper = await freePort()
  const cookie = join(folder, '.erlang.cookie')
  writeFileSync(cookie, randomBytes(16).toString('hex'), { mode: 0o400 })
  own(cookie)
  const empty = join(folder, 'empty')
  writeFileSync(empty, '')
  const suffix = randomBytes(3).toString('hex')
  const names = Array.from({ length: size }, (_, index) => `node${index + 1}_${suffix}@localhost`)
  const peers = names.map((name, index) => `cluster_formation.classic_config.nodes.${index + 1} = ${name}\n`).join('')
  const nodes: ClusterNode[] = []
  for (const name of names) {
    const home = join(folder, name)
    mkdirSync(home)
    own(home)
    const [port, distribution] = [await freePort(), await freePort()]
    const settings = join(home, 'rabbitmq.conf')
    writeFileSync(
      settings,
      `listeners.tcp.1 = 127.0.0.1:${port}
cluster_formation.peer_discovery_backend = classic_config
${peers}cluster_partition_handling = pause_minority
`,
    )
    const environment = {
      PATH: process.env.PATH,
      HOME: folder,
      ERL_EPMD_ADDRESS: '127.0.0.1',
      ERL_EPMD_PORT: String(mapper),
      RABBITMQ_NODENAME: name,
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} +S 1:1',
      RABBITMQ_CONF_ENV_FILE: empty,
      RABBITMQ_CONFIG_FILE: settings,
      RABBITMQ_ADVANCED_CONFIG_FILE: join(home, 'none.config'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(home, 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: join(home, 'data'),
      RABBITMQ_LOG_BASE: join(home, 'log'),
    }
    writeFileSync(environment.RABBITMQ_ENABLED_PLUGINS_FILE, '[].\n')
    const launch = () => spawn(server, [], { ...user, cwd: home, env: environment, stdio: 'ignore', detached: true })
    nodes.push({ port, ...clusterNode(port, launch) })
  }
  // A node that starts alone forms a cluster, which the others join before they accept connections.
  const [first, ...others] = nodes
  await first?.start()
  await Promise.all(others.map((node) => node.start()))
  return {
    nodes,
    async drop() {
      await Promise.all(nodes.map((node) => node.kill()))
      const epmd = findProgram('epmd', erlangFolders())
      if (epmd !== null) await run(epmd, ['-port', String(mapper), '-kill']).catch(() => {})
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function clusterNode(
  port: number,
  launch: () => ChildProcess,
): Pick<ClusterNode, 'url' | 'connect' | 'start' | 'kill'> {
  const url = `amqp://guest:guest@127.0.0.1:${port}`
  let running: { process: ChildProcess; ended: Promise<unknown> } | undefined
  return {
    url,
    connect: () => connect(url),
    async start() {
      const process = launch()
      running = { process, ended: new Promise((resolve) => process.once('exit', resolve)) }
      for (const deadline = Date.now() + START_TIMEOUT_MS; ; ) {
        try {
          const connection = await connect(url, { timeout: 5_000 })
          await connection.close()
          return
        } catch (error) {
          if (process.exitCode !== null || Date.now() > deadline) throw error
          await sleep(200)
        }
      }
    },
    async kill() {
      // The server's own process group: a shell script that runs the virtual machine.
      if (running?.process.pid !== undefined) process.kill(-running.process.pid, 'SIGKILL')
      await running?.ended
      running = undefined
    },
  }
}

function erlangFolders(): string[] {
  const folder = '/usr/lib/erlang'
  if (!existsSync(folder)) return []
  const versions = readdirSync(folder).filter((name) => name.startsWith('erts-'))
  return versions.map((name) => join(folder, name, 'bin'))
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'rabbitmq'], { encoding: 'utf8' }))
}
