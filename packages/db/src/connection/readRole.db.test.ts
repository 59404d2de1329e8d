import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import pg from 'pg'
import { migrate } from '../migrate.ts'
import { describeRefusal, openAs } from '../testkit/readRole.ts'
import { openDatabase } from './open.ts'
import { writePrivilegeWarning } from './writePrivilegeWarning.ts'

const migration = readFileSync(
  fileURLToPath(new URL('../../../../prisma/migrations/20261125030000_read_role/migration.sql', import.meta.url)),
  'utf8',
)

/** Roles belong to the cluster: this test creates its own with this prefix, and drops them. */
const prefix = `t${randomBytes(6).toString('hex')}`
const reader = `${prefix}_reader`
const writer = `${prefix}_writer`
const plain = `${prefix}_plain`

let database: TestDatabase
let admin: pg.Client

beforeAll(async () => {
  database = await createTestDatabase(migrate)
  admin = new pg.Client({ connectionString: database.url })
  await admin.connect()
  await admin.query(`
    create role ${reader} login password 'secret' in role stacktach_read;
    create role ${writer} login password 'secret' in role stacktach_read;
    grant insert on report to ${writer};
    create role ${plain} login password 'secret' nocreaterole;
    grant create, usage on schema public to ${plain}`)
})

afterAll(async () => {
  for (const role of [reader, writer, plain]) await admin?.query(`drop owned by ${role}; drop role ${role}`)
  await admin?.end()
  await database?.drop()
})

test('the role reads every table except the rejected messages, and tables that are created later', async () => {
  await admin.query('create table later (a integer)')
  const { rows } = await admin.query(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
        and not has_table_privilege('stacktach_read', oid, 'select')`,
  )
  expect(rows).toEqual([{ relname: 'rejected_message' }])
  await openAs(database.url, reader, {}, async ({ pool, prisma }) => {
    await pool.query('select * from later')
    await pool.query('select count(*) from notification_nova')
    expect(await prisma.deployment.findMany()).toEqual([])
    await expect(pool.query('select * from rejected_message')).rejects.toMatchObject({ code: '42501' })
  })
})

test('the role cannot write on a connection that is not read-only', async () => {
  await openAs(database.url, reader, {}, async ({ pool, prisma }) => {
    await expect(pool.query(`insert into deployment (name) values ('x')`)).rejects.toMatchObject({ code: '42501' })
    await expect(pool.query('create table mine (a integer)')).rejects.toMatchObject({ code: '42501' })
    await expect(pool.query('truncate timing')).rejects.toMatchObject({ code: '42501' })
    expect(await describeRefusal(prisma.deployment.create({ data: { name: 'x' } }))).toContain('42501')
  })
})

test('a read-only connection cannot write, whatever privileges the role has', async () => {
  // The options of a URL do not change that.
  for (const options of ['', '?options=-c%20default_transaction_read_only%3Doff%20-c%20work_mem%3D9MB']) {
    const db = openDatabase({ url: database.url + options, applicationName: 'test', readOnly: true })
    try {
      await expect(db.pool.query(`insert into deployment (name) values ('x')`)).rejects.toMatchObject({ code: '25006' })
      await expect(db.pool.query('create table mine (a integer)')).rejects.toMatchObject({ code: '25006' })
      expect(await describeRefusal(db.prisma.deployment.create({ data: { name: 'x' } }))).toContain('25006')
      await expect(
        db.prisma.$transaction([db.prisma.deployment.count(), db.prisma.deployment.deleteMany()]),
      ).rejects.toThrow()
      const { rows } = await db.pool.query('show work_mem')
      expect(rows).toEqual([{ work_mem: options === '' ? expect.not.stringMatching('9MB') : '9MB' }])
    } finally {
      await db.close()
    }
  }
})

test('a role that can write is detected, and is refused with refuseWriters', async () => {
  await openAs(database.url, reader, { refuseWriters: true }, async ({ pool }) => {
    expect(await writePrivilegeWarning(pool)).toBeNull()
  })
  await openAs(database.url, writer, {}, async ({ pool }) => {
    expect(await writePrivilegeWarning(pool)).toMatch(`role ${writer} can write: it can change report;`)
  })
  await openAs(database.url, writer, { refuseWriters: true }, async ({ pool, prisma }) => {
    await expect(pool.query('select 1')).rejects.toMatchObject({ code: '28000' })
    await expect(prisma.deployment.findMany()).rejects.toThrow()
  })
  const db = openDatabase({ url: database.url, applicationName: 'test' })
  expect(await writePrivilegeWarning(db.pool)).toMatch('it is a superuser')
  await db.close()
})

/** Runs `work` with the migration's SQL for another role, and drops that role. */
async function withMigration(role: string, work: (sql: string) => Promise<void>): Promise<void> {
  try {
    await work(migration.replaceAll('stacktach_read', role))
  } finally {
    await admin.query(`do $$ begin if exists (select from pg_roles where rolname = '${role}') then
      drop owned by ${role}; drop role ${role}; end if; end $$`)
  }
}

test('many databases of a cluster create the role at once', async () => {
  await withMigration(`${prefix}_many`, async (sql) => {
    const clients = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const client = new pg.Client({ connectionString: database.url })
        await client.connect()
        return client
      }),
    )
    const [first, ...others] = clients
    try {
      // All check that the role does not exist before the first commits.
      await first?.query('begin')
      await first?.query(`create role ${prefix}_many nologin`)
      const migrations = others.map((client) => client.query(sql.replaceAll('EXECUTE grants;', 'NULL;')))
      await new Promise((resolve) => setTimeout(resolve, 300))
      await first?.query('commit')
      await Promise.all(migrations)
      await admin.query(sql)
      const { rows } = await admin.query(`select has_table_privilege('${prefix}_many', 'timing', 'select') as reads`)
      expect(rows).toEqual([{ reads: true }])
    } finally {
      await Promise.all(clients.map((client) => client.end()))
    }
  })
})

test('without the privilege to create roles a warning has the statements for an administrator, and they work', async () => {
  await withMigration(`${prefix}_hand`, async (sql) => {
    const url = new URL(database.url)
    url.username = plain
    url.password = 'secret'
    const client = new pg.Client({ connectionString: url.href })
    const warnings: { message: string | undefined; hint: string | undefined }[] = []
    client.on('notice', ({ message, hint }) => warnings.push({ message, hint }))
    await client.connect()
    await client.query(sql)
    await client.end()
    expect(warnings).toEqual([
      {
        message: `The role ${prefix}_hand, which can only read, could not be made: permission denied to create role`,
        hint: expect.stringContaining(`CREATE ROLE ${prefix}_hand NOLOGIN;`),
      },
    ])
    const [, create = '', grants = ''] =
      /: (CREATE ROLE .*?;) then .*?: (GRANT .*)$/.exec(warnings[0]?.hint ?? '') ?? []
    await admin.query(`${create}${grants}`)
    const { rows } = await admin.query(
      `select has_table_privilege('${prefix}_hand', 'timing', 'select') as reads,
              has_table_privilege('${prefix}_hand', 'rejected_message', 'select') as secrets`,
    )
    expect(rows).toEqual([{ reads: true, secrets: false }])
  })
})
