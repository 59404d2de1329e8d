import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Database, isTransient, migrate, openDatabase } from '@stacktach/db'
import {
  createTestDatabase,
  createTestVhost,
  deploymentEntry,
  dropRedisKeys,
  services,
  startCommandHost,
  startProcess,
  type TestProcess,
  type TestVhost,
} from '@stacktach/testing'
import { until } from './until.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The built programs, as they run in production. */
const programs = {
  ingest: [join(root, 'apps/worker/dist/main.js'), 'ingest'],
  jobs: [join(root, 'apps/worker/dist/main.js'), 'jobs'],
  api: [join(root, 'apps/api/dist/main.js')],
  stacktach: [join(root, 'apps/cli/dist/main.js')],
} as const

/** The stacky client, which needs only the address of an API. */
export const stackyProgram = join(root, 'apps/stacky/dist/main.js')

export type Program = keyof typeof programs

/** What each program logs when it is ready. */
export const ready = { ingest: /"consuming"/, jobs: /"started"/, api: /"listening"/, stacktach: /"started"/ } as const

/** How long `settled` waits for notifications to be stored and folded. */
const SETTLE_TIMEOUT_MS = 60_000

/** Topics of the captured and simulated clouds, with the queues and routing keys of StackTach. */
const topics = {
  nova: ['notifications.*', 'versioned_notifications.*', 'monitor.*'].map((key) => ({
    queue: 'stacktach_nova',
    routing_key: key,
  })),
  glance: ['notifications.*', 'monitor_glance.*'].map((key) => ({ queue: 'stacktach_glance', routing_key: key })),
}

/** Requests a path from an API. */
export type Get = (path: string) => Promise<{ status: number; body: unknown }>

/** A whole StackTach of one test: database, virtual hosts, Redis prefix, deployments file, and processes. */
export interface Pipeline {
  vhost: TestVhost
  database: Database
  environment: Record<string, string>
  deploymentsFile: string
  /** Starts a program without waiting until it is ready. */
  launch(program: Program): TestProcess
  /** Starts a program and resolves when it is ready. */
  start(program: Program): Promise<TestProcess>
  /** Starts an API and returns a function that requests paths from it. */
  api(): Promise<Get>
  /** Runs an operator's command to its end. */
  run(...args: string[]): Promise<{ code: number | null; output: string }>
  /** Runs a command of the stacky client to its end. */
  stacky(args: readonly string[], environment: Record<string, string>): Promise<{ code: number | null; output: string }>
  /** Resolves when this many notifications are stored or rejected, and all of them are folded. */
  settled(notifications: number): Promise<void>
  /**
   * Deletes all notifications and aggregates while the processes keep running, because starting a process takes a second
   * of CPU time. Call it only after `settled`, so that no process is working on the deleted rows.
   *
   * @param published number of messages since the last `clear`, duplicates included; ingest must have stored all of them
   */
  clear(published: number): Promise<void>
  stop(): Promise<void>
}

/**
 * Creates a pipeline; no program is started yet.
 *
 * @param deployments names of the deployments, each with its own virtual host; `vhost` belongs to the first
 * @param overrides environment variables; a database in DATABASE_URL is used and not dropped
 */
export async function startPipeline(
  deployments: readonly string[],
  overrides: Record<string, string> = {},
): Promise<Pipeline> {
  const { DATABASE_URL: existing } = overrides
  const [testDatabase, ...vhosts] = await Promise.all([
    existing === undefined ? createTestDatabase(migrate) : { url: existing, drop: async () => {} },
    ...deployments.map(() => createTestVhost()),
  ])
  const [vhost] = vhosts
  if (vhost === undefined) throw new Error('a pipeline needs a deployment')
  const deploymentsFile = join(tmpdir(), `${vhost.name}.json`)
  const entries = vhosts.map(({ url }, index) => deploymentEntry(deployments[index] ?? '', new URL(url), topics))
  await writeFile(deploymentsFile, JSON.stringify({ deployments: entries }))
  const environment = {
    DATABASE_URL: testDatabase.url,
    REDIS_URL: services().redisUrl,
    REDIS_PREFIX: vhost.name,
    STACKTACH_DEPLOYMENTS_FILE: deploymentsFile,
    API_PORT: '0',
    // Most tests need exists as the fold writes them, and no reports about incomplete days.
    VERIFY_SETTLE_SECONDS: '1000000000',
    REPORT_SCHEDULES: '[]',
    ...overrides,
  }
  const database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 3 })
  const commands = startCommandHost()
  const started: TestProcess[] = []
  const ingests: TestProcess[] = []
  let receivedBefore = 0

  const launch = (program: Program) => {
    const [file, ...args] = programs[program]
    const process = startProcess(file, args, environment)
    started.push(process)
    if (program === 'ingest') ingests.push(process)
    return process
  }

  const start = async (program: Program) => {
    const process = launch(program)
    await process.printed(ready[program])
    return process
  }

  return {
    vhost,
    database,
    environment,
    deploymentsFile,
    launch,
    start,
    async api() {
      const process = await start('api')
      const [, url = ''] = await process.printed(/"url":"([^"]+)"/)
      return async (path) => {
        const response = await fetch(new URL(path, url))
        return { status: response.status, body: await response.json() }
      }
    },
    run: (...args) => commands.run(programs.stacktach[0], args, environment),
    stacky: (args, variables) => commands.run(stackyProgram, args, variables),
    async settled(notifications) {
      let counts = { received: 0, backlog: 0 }
      const isSettled = async () => {
        counts = await count(database)
        return counts.received >= notifications && counts.backlog === 0
      }
      const condition = () => `${notifications} notifications stored and folded: ${JSON.stringify(counts)}`
      await until(isSettled, SETTLE_TIMEOUT_MS, condition)
    },
    async clear(published) {
      const received = () => ingests.reduce((sum, process) => sum + receivedBy(process), 0) - receivedBefore
      await until(
        () => received() >= published,
        SETTLE_TIMEOUT_MS,
        () => `${published} messages received: ${received()}`,
      )
      await deleteNotifications(database)
      receivedBefore += published
    },
    async stop() {
      commands.stop()
      await Promise.all(started.map((process) => process.stop()))
      await database.close()
      await Promise.all([
        testDatabase.drop(),
        dropRedisKeys(vhost.name),
        ...vhosts.map(({ drop }) => drop()),
        rm(deploymentsFile),
      ])
    },
  }
}

/** Counts the stored and rejected notifications, and those that are not folded. Prisma would take half a second to load. */
async function count({ pool }: Database): Promise<{ received: number; backlog: number }> {
  const tables = ['notification_nova', 'notification_glance', 'notification_generic', 'rejected_message']
  const { rows } = await pool.query<{ received: number; backlog: number }>(
    `select (${tables.map((table) => `(select count(*) from ${table})`).join(' + ')})::int as received,
            (select count(*) from backlog)::int as backlog`,
  )
  return rows[0] ?? { received: 0, backlog: 0 }
}

/** Tables that running processes have cached: deployment ids, shared settings, and partitions. */
const CACHED_TABLES = ['deployment', 'setting', 'notification_partition', '_prisma_migrations']

async function deleteNotifications({ pool }: Database): Promise<void> {
  const { rows } = await pool.query<{ tables: string }>(
    `select string_agg(oid::regclass::text, ', ') as tables from pg_class
      where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace
        and relname <> all ($1)`,
    [CACHED_TABLES],
  )
  const truncate = () => pool.query(`truncate ${rows[0]?.tables} restart identity`)
  // A job that reads the backlog at this moment can cause a deadlock: retry once.
  await truncate().catch((error: unknown) => {
    if (!isTransient(error)) throw error
    return truncate()
  })
}

/** Number of messages that an ingest process has processed according to its log: stored, duplicate or rejected. */
export function receivedBy(ingest: TestProcess): number {
  return [...ingest.output().matchAll(/"received":(\d+).*"msg":"stored"/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  )
}
