import { readFileSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '@stacktach/db'
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
import pg from 'pg'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The built programs, as they run in production, and what each prints when it is up. */
const programs = {
  ingest: { file: 'apps/worker/dist/main.js', args: ['ingest'], up: /"consuming"/ },
  jobs: { file: 'apps/worker/dist/main.js', args: ['jobs'], up: /"started"/ },
  api: { file: 'apps/api/dist/main.js', args: [], up: /"listening"/ },
} as const

export type Program = keyof typeof programs

/** Exchanges of the cloud, each with a queue of our own. */
export const queues = { nova: 'stacktach_nova', glance: 'stacktach_glance' } as const

const topics = Object.fromEntries(
  Object.entries(queues).map(([exchange, queue]) => [exchange, [{ queue, routing_key: 'notifications.*' }]]),
)

/** What a process took: megabytes of memory, and seconds of processor after it was up. */
export interface Usage {
  atRest: number
  atMost: number
  cpu: number
}

/** A process of a stack. */
export interface Running {
  process: TestProcess
  /** Ends it in order, and says what it took. */
  stop(): Promise<Usage>
}

/** A whole StackTach of the benchmark's own: database, virtual host, Redis prefix. */
export interface Stack {
  vhost: TestVhost
  pool: pg.Pool
  databaseUrl: string
  start(program: Program, environment?: Record<string, string>): Promise<Running>
  /** Runs an operator's command to its end; rejects when it fails. */
  run(...args: string[]): Promise<void>
  drop(): Promise<void>
}

/** Stacks that are there now, for whoever is interrupted. */
const standing = new Set<Stack>()

export async function createStack(): Promise<Stack> {
  const database = await createTestDatabase(migrate, { durable: true })
  const vhost = await createTestVhost()
  const deploymentsFile = join(tmpdir(), `${vhost.name}.json`)
  await writeFile(
    deploymentsFile,
    JSON.stringify({ deployments: [deploymentEntry('bench', new URL(vhost.url), topics)] }),
  )
  const pool = new pg.Pool({ connectionString: database.url, max: 4 })
  pool.on('error', () => {})
  const running = new Set<Running>()
  const environment = {
    DATABASE_URL: database.url,
    REDIS_URL: services().redisUrl,
    REDIS_PREFIX: vhost.name,
    STACKTACH_DEPLOYMENTS_FILE: deploymentsFile,
    API_PORT: '0',
    // Verification has a figure of its own.
    VERIFY_SETTLE_SECONDS: '1000000000',
  }

  const stack: Stack = {
    vhost,
    pool,
    databaseUrl: database.url,
    async start(program, overrides = {}) {
      const { file, args, up } = programs[program]
      const process = startProcess(join(root, file), args, { ...environment, ...overrides })
      await process.printed(up, 60_000)
      const atRest = memoryOf(process.pid, 'VmRSS')
      const cpuBefore = cpuOf(process.pid)
      const started: Running = {
        process,
        async stop() {
          running.delete(started)
          const used = { atRest, atMost: memoryOf(process.pid, 'VmHWM'), cpu: cpuOf(process.pid) - cpuBefore }
          await process.stop()
          return used
        },
      }
      running.add(started)
      return started
    },
    async run(...args) {
      const { code, output } = await runToEnd(join(root, 'apps/cli/dist/main.js'), args, environment)
      if (code !== 0) throw new Error(`stacktach ${args.join(' ')}: ${output}`)
    },
    async drop() {
      standing.delete(stack)
      await Promise.all([...running].map((each) => each.stop()))
      await pool.end()
      await Promise.all([
        database.drop(),
        vhost.drop(),
        dropRedisKeys(vhost.name),
        rm(deploymentsFile, { force: true }),
      ])
    },
  }
  standing.add(stack)
  return stack
}

/** Removes every stack that is there. */
export async function dropStacks(): Promise<void> {
  await Promise.all([...standing].map((stack) => stack.drop()))
}

/** A stack for as long as `work` needs it. */
export async function withStack<T>(work: (stack: Stack) => Promise<T>): Promise<T> {
  const stack = await createStack()
  try {
    return await work(stack)
  } finally {
    await stack.drop()
  }
}

/** Linux tells it in kilobytes; elsewhere it is not known. */
function memoryOf(pid: number, what: 'VmRSS' | 'VmHWM'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`${what}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024
  } catch {
    return Number.NaN
  }
}

/** Seconds, from Linux's ticks of a hundredth. */
function cpuOf(pid: number): number {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const fields = rest.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}
