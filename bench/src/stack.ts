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

const START_TIMEOUT_MS = 60_000

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The built programs, as in production, and what each logs when it is ready. */
const programs = {
  ingest: { file: 'apps/worker/dist/main.js', args: ['ingest'], ready: /"consuming"/ },
  jobs: { file: 'apps/worker/dist/main.js', args: ['jobs'], ready: /"started"/ },
  api: { file: 'apps/api/dist/main.js', args: [], ready: /"listening"/ },
} as const

export type Program = keyof typeof programs

/** The cloud's exchanges and StackTach's queues. */
export const queues = { nova: 'stacktach_nova', glance: 'stacktach_glance' } as const

const topics = Object.fromEntries(
  Object.entries(queues).map(([exchange, queue]) => [exchange, [{ queue, routing_key: 'notifications.*' }]]),
)

/** Resource usage of a process. */
export interface Usage {
  /** Resident memory when it was ready. */
  initialMb: number
  /** Peak resident memory. */
  peakMb: number
  /** Processor time after it was ready. */
  cpuSeconds: number
}

/** A process of a stack. */
export interface Running {
  process: TestProcess
  /** Stops it by SIGTERM and returns its resource usage. */
  stop(): Promise<Usage>
}

/** A complete StackTach with its own database, virtual host and Redis prefix. */
export interface Stack {
  vhost: TestVhost
  pool: pg.Pool
  databaseUrl: string
  start(program: Program, environment?: Record<string, string>): Promise<Running>
  /** Runs a command of the CLI; rejects if it fails. */
  run(...args: string[]): Promise<void>
  drop(): Promise<void>
}

/** Stacks that exist now, to be dropped when the benchmark is interrupted. */
const existingStacks = new Set<Stack>()

/** Creates a stack; its programs are not started. */
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
    // Verification is measured separately.
    VERIFY_SETTLE_SECONDS: '1000000000',
  }

  const stack: Stack = {
    vhost,
    pool,
    databaseUrl: database.url,
    async start(program, overrides = {}) {
      const { file, args, ready } = programs[program]
      const process = startProcess(join(root, file), args, { ...environment, ...overrides })
      await process.printed(ready, START_TIMEOUT_MS)
      const initialMb = memoryMb(process.pid, 'VmRSS')
      const initialCpu = cpuSeconds(process.pid)
      const started: Running = {
        process,
        async stop() {
          running.delete(started)
          const usage = {
            initialMb,
            peakMb: memoryMb(process.pid, 'VmHWM'),
            cpuSeconds: cpuSeconds(process.pid) - initialCpu,
          }
          await process.stop()
          return usage
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
      existingStacks.delete(stack)
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
  existingStacks.add(stack)
  return stack
}

/** Drops all existing stacks. */
export async function dropStacks(): Promise<void> {
  await Promise.all([...existingStacks].map((stack) => stack.drop()))
}

/** Creates a stack for `work` and drops it afterwards. */
export async function withStack<T>(work: (stack: Stack) => Promise<T>): Promise<T> {
  const stack = await createStack()
  try {
    return await work(stack)
  } finally {
    await stack.drop()
  }
}

/** Reads a memory figure in megabytes; NaN on systems other than Linux. */
function memoryMb(pid: number, name: 'VmRSS' | 'VmHWM'): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024
  } catch {
    return Number.NaN
  }
}

/** Reads the processor time; NaN on systems other than Linux. Linux counts hundredths of a second. */
function cpuSeconds(pid: number): number {
  try {
    const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
    const fields = rest.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}
