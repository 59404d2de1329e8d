import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Detour, detour, freePort } from '@stacktach/testing'
import { type Brokers, createBrokers } from './brokers.ts'
import { createDatabase, type StackDatabase } from './database.ts'
import { Health } from './health.ts'
import { Programs } from './programs.ts'
import { Publisher } from './publisher.ts'
import type { ServerName, Servers } from './servers.ts'

/** A complete StackTach: its programs reach every server through a proxy that can fail. */
export interface Stack {
  servers: Servers
  name: string
  database: StackDatabase
  brokers: Brokers
  publisher: Publisher
  detours: Record<ServerName, Detour>
  programs: Programs
  health: Health
  redisPrefix: string
  close(): Promise<void>
}

interface StackOptions {
  /** Whether the database is on the disk that can be filled. */
  onSmallDisk: boolean
  /** A module that every program loads first, for a self-test of the suite. */
  preload: string | null
}

/** Creates the database, virtual hosts and proxies of a stack; its programs are not started. */
export async function createStack(servers: Servers, name: string, options: StackOptions): Promise<Stack> {
  const database = await createDatabase(servers, name, options.onSmallDisk)
  const brokers = await createBrokers(servers, name)
  const detours = {
    postgres: await detour(database.url),
    redis: await detour(servers.redisUrl),
    rabbitmq: await detour(servers.amqpUrl),
  }
  for (const each of Object.values(detours)) await each.open()
  const file = join(tmpdir(), `stacktach-${name}-${process.pid}.json`)
  writeFileSync(file, brokers.deploymentsFile(detours.rabbitmq.url), { mode: 0o600 })
  const port = await freePort()
  const programs = new Programs({
    DATABASE_URL: detours.postgres.url,
    REDIS_URL: detours.redis.url,
    REDIS_PREFIX: name,
    STACKTACH_DEPLOYMENTS_FILE: file,
    API_PORT: String(port),
    VERIFY_SETTLE_SECONDS: '0',
    ...(options.preload === null ? {} : { NODE_OPTIONS: `--import=${options.preload}` }),
  })
  const publisher = new Publisher(servers.amqpUrl, brokers)
  return {
    servers,
    name,
    database,
    brokers,
    publisher,
    detours,
    programs,
    health: new Health(`http://127.0.0.1:${port}`),
    redisPrefix: name,
    async close() {
      await programs.close()
      await publisher.close()
      for (const each of Object.values(detours)) await each.shut()
      await database.close()
      rmSync(file, { force: true })
    },
  }
}
