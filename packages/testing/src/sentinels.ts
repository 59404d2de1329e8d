import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from './detour.ts'

const START_TIMEOUT_MS = 30_000

const MASTER = 'mymaster'

/** A Redis master and its replica, watched by three Sentinels. */
export interface WatchedRedis {
  /** redis+sentinel:// URL. */
  url: string
  /** Port of a Sentinel. */
  sentinelPort: number
  /** Kills the master, as in a crash; the Sentinels promote the replica. */
  killMaster(): void
  drop(): Promise<void>
}

/** Starts the servers; resolves when the Sentinels know each other and the replica. */
export async function startWatchedRedis(program: string): Promise<WatchedRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'stacktach-sentinels-'))
  const running: { child: ChildProcess; ended: Promise<unknown> }[] = []
  const launch = (args: readonly string[]) => {
    const child = spawn(program, args, { cwd: folder, stdio: 'ignore' })
    running.push({ child, ended: new Promise((resolve) => child.once('exit', resolve)) })
    return child
  }
  const [master, replica] = [await freePort(), await freePort()]
  const common = ['--bind', '127.0.0.1', '--save', '', '--dir', folder, '--maxmemory-policy', 'noeviction']
  const masterProcess = launch(['--port', String(master), ...common])
  launch(['--port', String(replica), ...common, '--replicaof', '127.0.0.1', String(master)])
  await until(async () => /slave0:.*state=online/.test(await ask(master, 'info', 'replication')))
  const sentinels: number[] = []
  for (const name of ['a', 'b', 'c']) {
    const port = await freePort()
    const file = join(folder, `sentinel-${name}.conf`)
    writeFileSync(
      file,
      `port ${port}
bind 127.0.0.1
dir ${folder}
sentinel monitor ${MASTER} 127.0.0.1 ${master} 2
sentinel down-after-milliseconds ${MASTER} 1000
sentinel failover-timeout ${MASTER} 10000
`,
    )
    launch([file, '--sentinel'])
    sentinels.push(port)
  }
  for (const port of sentinels) {
    await until(async () => {
      const info = await ask(port, 'info', 'sentinel')
      return /slaves=1,sentinels=3/.test(info)
    })
  }
  return {
    url: `redis+sentinel://${sentinels.map((port) => `127.0.0.1:${port}`).join(',')}/${MASTER}`,
    sentinelPort: sentinels[0] ?? 0,
    killMaster: () => {
      masterProcess.kill('SIGKILL')
    },
    async drop() {
      for (const { child } of running) child.kill('SIGKILL')
      await Promise.all(running.map(({ ended }) => ended))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function ask(port: number, command: 'info', section: string): Promise<string> {
  const redis = new Redis({ port, lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => {})
  try {
    await redis.connect()
    return await redis[command](section)
  } catch {
    return ''
  } finally {
    redis.disconnect()
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; !(await holds()); await sleep(50)) {
    if (Date.now() > deadline) throw new Error('the Sentinels are not ready')
  }
}
