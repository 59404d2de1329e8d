import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { freePort } from './detour.ts'
import { findProgram } from './findProgram.ts'

/** A PostgreSQL server of one test. */
export interface TestServer {
  url: string
  /** Resolves when the server accepts connections. */
  start(): Promise<void>
  /** Closes all connections, and resolves when the server has stopped. */
  stop(): Promise<void>
}

/** The standby soon cancels queries that block replay. */
const settings = ['-c', 'shared_buffers=32MB', '-c', 'max_standby_streaming_delay=100ms']

/** A PostgreSQL server and its standby with streaming replication. */
export interface Replicated {
  primary: TestServer
  standby: TestServer
  /** Resolves when the standby has replayed all transactions that the primary has committed. */
  caughtUp(): Promise<void>
  /** Promotes the standby to a primary. */
  promote(): Promise<void>
  drop(): Promise<void>
}

/** The folder of initdb; null when PostgreSQL is not installed on this machine. */
export function postgresBinaries(): string | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const initdb = findProgram(
    'initdb',
    versions.map((version) => join(debian, version, 'bin')),
  )
  return initdb === null ? null : dirname(initdb)
}

/** Creates and starts a primary and its standby. */
export async function startReplicated(binaries: string): Promise<Replicated> {
  const folder = await mkdtemp(join(tmpdir(), 'stacktach-replicated-'))
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {}
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
  const run = (program: string, ...args: string[]) =>
    execFileSync(join(binaries, program), args, { ...user, cwd: folder, stdio: 'pipe' })
  const ports = { primary: await freePort(), standby: await freePort() }
  const server = (name: 'primary' | 'standby') =>
    testServer(ports[name], () =>
      spawn(
        join(binaries, 'postgres'),
        ['-D', join(folder, name), '-p', String(ports[name]), '-h', '127.0.0.1', '-k', '', ...settings],
        { ...user, cwd: folder, stdio: 'ignore' },
      ),
    )
  const access = ['--username=stacktach', '--auth=trust', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']
  run('initdb', '-D', join(folder, 'primary'), ...access)
  const primary = server('primary')
  await primary.start()
  const copy = ['--write-recovery-conf', '--create-slot', '--slot=standby', '--checkpoint=fast', '--no-sync']
  run('pg_basebackup', '-D', join(folder, 'standby'), '-d', primary.url, ...copy)
  const standby = server('standby')
  await standby.start()
  return {
    primary,
    standby,
    async caughtUp() {
      const [row] = await ask<{ lsn: string }>(primary.url, 'select pg_current_wal_lsn() as lsn')
      const behind = `select pg_last_wal_replay_lsn() < '${row?.lsn}' as behind`
      while ((await ask<{ behind: boolean }>(standby.url, behind))[0]?.behind !== false) await pause()
    },
    async promote() {
      await ask(standby.url, 'select pg_promote(true, 60)')
    },
    async drop() {
      await Promise.all([primary.stop(), standby.stop()])
      await rm(folder, { recursive: true })
    },
  }
}

function testServer(port: number, launch: () => ChildProcess): TestServer {
  let running: { process: ChildProcess; ended: Promise<unknown> } | undefined
  const url = `postgres://stacktach@127.0.0.1:${port}/postgres`
  return {
    url,
    async start() {
      const process = launch()
      running = { process, ended: new Promise((resolve) => process.once('exit', resolve)) }
      for (let tries = 0; ; tries++) {
        try {
          await ask(url, 'select 1')
          return
        } catch (error) {
          if (process.exitCode !== null || tries === 300) throw error
          await pause()
        }
      }
    },
    async stop() {
      running?.process.kill('SIGINT')
      await running?.ended
      running = undefined
    },
  }
}

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

function idOf(which: '-u' | '-g'): number {
  return Number(execFileSync('id', [which, 'postgres'], { encoding: 'utf8' }))
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50))
}
