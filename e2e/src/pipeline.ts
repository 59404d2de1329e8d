import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Database, migrate, openDatabase, systemStatus } from '@stacktach/db'
import {
  createTestDatabase,
  createTestVhost,
  deploymentEntry,
  dropRedisKeys,
  runToEnd,
  services,
  startProcess,
  type TestProcess,
  type TestVhost,
} from '@stacktach/testing'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The built programs, as they run in production. */
const programs = {
  ingest: [join(root, 'apps/worker/dist/main.js'), 'ingest'],
  jobs: [join(root, 'apps/worker/dist/main.js'), 'jobs'],
  api: [join(root, 'apps/api/dist/main.js')],
  stacktach: [join(root, 'apps/cli/dist/main.js')],
} as const

/** The client, which needs nothing but an api's address. */
export const stackyProgram = join(root, 'apps/stacky/dist/main.js')

export type Program = keyof typeof programs

/** Topics of the captured and simulated clouds, each bound to queues of our own. */
const topics = {
  nova: ['notifications.*', 'versioned_notifications.*', 'monitor.*'].map((key) => ({
    queue: 'stacktach_nova',
    routing_key: key,
  })),
  glance: ['notifications.*', 'monitor_glance.*'].map((key) => ({ queue: 'stacktach_glance', routing_key: key })),
}

/** A whole StackTach of a test's own: database, virtual host, Redis prefix, deployments file, and its processes. */
export interface Pipeline {
  vhost: TestVhost
  database: Database
  environment: Record<string, string>
  deploymentsFile: string
  /** Starts a program, and does not wait until it is at work. */
  launch(program: Program): TestProcess
  start(program: Program): Promise<TestProcess>
  /** Starts an api and returns what asks it. */
  api(): Promise<(path: string) => Promise<{ status: number; body: unknown }>>
  run(...args: string[]): Promise<{ code: number | null; output: string }>
  /** Resolves when so many notifications are stored (or rejected) and all of them are folded. */
  settled(notifications: number): Promise<void>
  stop(): Promise<void>
}

/** @param deployments names of the deployments, each with a virtual host of its own; `vhost` is the first one's */
export async function startPipeline(
  deployments: readonly string[],
  overrides: Record<string, string> = {},
): Promise<Pipeline> {
  const testDatabase = await createTestDatabase(migrate)
  const vhosts = new Map<string, TestVhost>()
  for (const name of deployments) vhosts.set(name, await createTestVhost())
  const [vhost] = vhosts.values()
  if (vhost === undefined) throw new Error('a pipeline needs a deployment')
  const deploymentsFile = join(tmpdir(), `${vhost.name}.json`)
  await writeFile(
    deploymentsFile,
    JSON.stringify({ deployments: [...vhosts].map(([name, { url }]) => deploymentEntry(name, new URL(url), topics)) }),
  )
  const environment = {
    DATABASE_URL: testDatabase.url,
    REDIS_URL: services().redisUrl,
    REDIS_PREFIX: vhost.name,
    STACKTACH_DEPLOYMENTS_FILE: deploymentsFile,
    API_PORT: '0',
    // Who tests something else wants exists as the fold leaves them, and no reports of days half told.
    VERIFY_SETTLE_SECONDS: '1000000000',
    REPORT_SCHEDULES: '[]',
    ...overrides,
  }
  const database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 3 })
  const started: TestProcess[] = []

  const launch = (program: Program) => {
    const [file, ...args] = programs[program]
    const process = startProcess(file, args, environment)
    started.push(process)
    return process
  }

  const start = async (program: Program) => {
    const process = launch(program)
    await process.printed(program === 'ingest' ? /"consuming"/ : program === 'api' ? /"listening"/ : /"started"/)
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
    run: (...args) => runToEnd(programs.stacktach[0], args, environment),
    async settled(notifications) {
      const deadline = Date.now() + 60_000
      for (;;) {
        const { stored, rejected, backlog } = await systemStatus(database, true)
        if (stored.nova + stored.glance + stored.generic + rejected >= notifications && backlog === 0) return
        if (Date.now() > deadline) {
          throw new Error(`not settled: ${JSON.stringify({ stored, rejected, backlog, notifications })}`)
        }
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
    async stop() {
      await Promise.all(started.map((process) => process.stop()))
      await database.close()
      await Promise.all([
        testDatabase.drop(),
        dropRedisKeys(vhost.name),
        ...[...vhosts.values()].map(({ drop }) => drop()),
        rm(deploymentsFile),
      ])
    },
  }
}
