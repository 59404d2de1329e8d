import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { openDatabase } from '@stacktach/db'
import {
  captured,
  createEmptyDatabase,
  everyAggregate,
  findProgram,
  postgresBinaries,
  publish,
} from '@stacktach/testing'
import { startPipeline } from './pipeline.ts'
import { runTool } from './tools.ts'

/** The tools of PostgreSQL's package; a server in a container has none here. */
const binaries = postgresBinaries()
const tool = (name: string) => findProgram(name, binaries === null ? [] : [binaries]) ?? ''
const withTools = tool('pg_dump') === '' ? test.skip : test

async function run(name: string, ...args: string[]): Promise<void> {
  const { code, output } = await runTool(tool(name), args)
  expect({ name, code, output }).toEqual({ name, code: 0, output: '' })
}

withTools(
  'a database is dumped while it is in use and restored; consuming goes on, and nothing is counted twice',
  async () => {
    const messages = captured('nova_unversioned')
    const half = Math.floor(messages.length / 2)
    const file = join(tmpdir(), `backup-${process.pid}.dump`)
    const original = await startPipeline(['east'])
    const empty = await createEmptyDatabase()
    try {
      const processes = [await original.start('ingest'), await original.start('jobs')]
      await publish(original.vhost, messages.slice(0, half))
      await original.settled(half)
      await run('pg_dump', '--format=custom', '--file', file, original.environment.DATABASE_URL ?? '')
      // What arrives after the dump is not in it.
      await publish(original.vhost, messages.slice(half))
      await original.settled(messages.length)
      const expected = await everyAggregate(original.database)
      await Promise.all(processes.map((process) => process.stop()))

      await run('pg_restore', '--exit-on-error', '--no-owner', '--dbname', empty.url, file)
      const restored = openDatabase({ url: empty.url, applicationName: 'test', size: 1 })
      const backlog = await restored.pool.query<{ count: number }>('select count(*) as count from notification_nova')
      expect(backlog.rows).toEqual([{ count: half }])
      expect(await everyAggregate(restored)).not.toEqual(expected)

      // The processes go on with the restored database. The broker delivers some of the messages of the dump again.
      const before = original.environment.DATABASE_URL ?? ''
      original.environment.DATABASE_URL = empty.url
      const migrated = await original.run('migrate')
      expect(migrated.output).toMatch(/^the database schema is up to date/)
      const after = [await original.start('ingest'), await original.start('jobs')]
      await publish(original.vhost, messages.slice(half - 20))
      const counts = () =>
        restored.pool
          .query<{ stored: number; backlog: number }>(
            `select (select count(*) from notification_nova) as stored, (select count(*) from backlog) as backlog`,
          )
          .then(({ rows }) => rows[0])
      const deadline = Date.now() + 60_000
      while (Date.now() < deadline) {
        const now = await counts()
        if (now?.stored === messages.length && now.backlog === 0) break
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      expect(await counts()).toEqual({ stored: messages.length, backlog: 0 })
      expect(await everyAggregate(restored)).toEqual(expected)
      await Promise.all(after.map((process) => process.stop()))
      await restored.close()
      original.environment.DATABASE_URL = before
    } finally {
      await original.stop()
      await empty.drop()
      await rm(file, { force: true })
    }
  },
)
