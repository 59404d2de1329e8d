import { setTimeout as sleep } from 'node:timers/promises'
import { migrate } from '@stacktach/db'
import pg from 'pg'
import type { Servers } from './servers.ts'

/** A database with an owner who is no superuser, so that PostgreSQL's limits hold for the programs. */
export interface WorldDatabase {
  /** Of the owner, for the programs. */
  url: string
  role: string
  /** Of the superuser: the suite looks and disturbs by these. */
  pool: pg.Pool
  close(): Promise<void>
}

/** Makes a database with the schema, on the small disk if asked for. */
export async function createDatabase(servers: Servers, name: string, onSmallDisk: boolean): Promise<WorldDatabase> {
  const { username, password } = new URL(servers.databaseUrl)
  const admin = poolOf(servers.databaseUrl)
  await admin.query(`drop database if exists ${name} with (force)`)
  await admin.query(`drop role if exists ${name}`)
  // Names are the suite's own, and a password of hex digits needs no quoting.
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
  const own = new URL(url)
  own.username = username
  const pool = poolOf(own.href)
  return { url: url.href, role: name, pool, close: () => pool.end() }
}

function poolOf(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 3, connectionTimeoutMillis: 10_000 })
  // The suite restarts the server itself.
  pool.on('error', () => {})
  return pool
}

/** Asks until the server answers: the suite restarts it, or fills its disk. */
export async function persistently<T>(ask: () => Promise<T>, milliseconds = 60_000): Promise<T> {
  const deadline = Date.now() + milliseconds
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (Date.now() > deadline) throw error
      await sleep(200)
    }
  }
}
