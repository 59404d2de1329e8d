import { randomBytes } from 'node:crypto'
import { type Database, openDatabase } from '@stacktach/db'

export interface Confirmer {
  db: Database
  close(): Promise<void>
}

/** Connects to a test's database as a new user that is only a member of stacktach_confirm. */
export async function openConfirmer(address: string, statementTimeout = 10_000): Promise<Confirmer> {
  const role = `t${randomBytes(6).toString('hex')}_confirm`
  const admin = openDatabase({ url: address, applicationName: 'confirm test', size: 1 })
  await admin.pool.query(`create role ${role} login password 'secret' in role stacktach_confirm`)
  const url = new URL(address)
  url.username = role
  url.password = 'secret'
  const db = openDatabase({ url: url.href, applicationName: 'confirm test', size: 2, statementTimeout })
  return {
    db,
    async close() {
      await db.close()
      await admin.pool.query(`drop owned by ${role}; drop role ${role}`)
      await admin.close()
    },
  }
}
