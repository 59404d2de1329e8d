import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '@stacktach/db'
import pg from 'pg'
import type { Servers } from './servers.ts'

/** A database whose owner is not a superuser, so that PostgreSQL's limits apply to the programs. */
export interface StackDatabase {
  /** The owner's URL, for the programs. */
  url: string
  /** The owner's role. */
  role: string
  /** The superuser's connections, with which the suite observes and injects faults. */
  pool: pg.Pool
  close(): Promise<void>
}

/** Creates a database with the schema. @param onSmallDisk whether to put it on the small disk, if there is one */
export async function createDatabase(servers: Servers, name: string, onSmallDisk: boolean): Promise<StackDatabase> {
  const { username, password } = new URL(servers.databaseUrl)
  const admin = poolOf(servers.databaseUrl)
  await admin.query(`drop database if exists ${name} with (force)`)
  await admin.query(`drop role if exists ${name}`)
  // The names are constants of the suite, and the password has hexadecimal digits only: no quoting is needed.
  await admin.query(`create role ${name} login password '${decodeURIComponent(password)}'`)
  const { smallDisk } = servers
  const small = onSmallDisk && 'folder' in smallDisk
  if (small) await admin.query(`create tablespace small location '${smallDisk.folder}'`)
  await admin.query(`create database ${name} owner ${name} ${small ? 'tablespace small' : ''}`)
  await admin.end()
  const url = new URL(servers.databaseUrl)
  url.pathname = `/${name}`
  url.username = name
  await migrate(url.href)
  const superuserUrl = new URL(url)
  superuserUrl.username = username
  const pool = poolOf(superuserUrl.href)
  return { url: url.href, role: name, pool, close: () => pool.end() }
}

function poolOf(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 3, connectionTimeoutMillis: 10_000 })
  // Lost connections are expected: the suite restarts the server.
  pool.on('error', () => {})
  return pool
}

/** Retries `query` until the server answers, because the suite restarts the server and fills its disk. */
export async function retryUntilAnswer<T>(query: () => Promise<T>, timeoutMs = 60_000): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    try {
      return await query()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(200)
    }
  }
}
