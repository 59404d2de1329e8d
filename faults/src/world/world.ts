import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Detour, detour, freePort } from '@stacktach/testing'
import { type Brokers, createBrokers } from './brokers.ts'
import { createDatabase, type WorldDatabase } from './database.ts'
import { Health } from './health.ts'
import { Programs } from './programs.ts'
import { Publisher } from './publisher.ts'
import type { ServerName, Servers } from './servers.ts'

/** A whole StackTach, whose every way to a server can be disturbed. */
export interface World {
  servers: Servers
  name: string
  database: WorldDatabase
  brokers: Brokers
  publisher: Publisher
  detours: Record<ServerName, Detour>
  programs: Programs
  health: Health
  redisPrefix: string
  close(): Promise<void>
}

interface WorldOptions {
  /** It will be disturbed: its database is on the disk that can be full. */
  disturbed: boolean
  /** What every program loads first, when the suite is to show that it would notice. */
  preload: string | null
}

export async function createWorld(servers: Servers, name: string, options: WorldOptions): Promise<World> {
  const database = await createDatabase(servers, name, options.disturbed)
  const brokers = await createBrokers(servers, name)
  const detours = {
    postgres: await detour(database.url),
    redis: await detour(servers.redisUrl),
    rabbitmq: await detour(servers.amqpUrl),
  }
  for (const way of Object.values(detours)) await way.open()
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
      for (const way of Object.values(detours)) await way.shut()
      await database.close()
      rmSync(file, { force: true })
    },
  }
}
