import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { TestProcess } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

/** The api as an operator starts it for a billing system: a role and a token for each of reading and writing. */
let pipeline: Pipeline
let original: Record<string, string>
const suffix = randomBytes(6).toString('hex')
const [reader, confirmer] = [`reader_${suffix}`, `confirmer_${suffix}`]

beforeAll(async () => {
  pipeline = await startPipeline(['north'])
  original = { ...pipeline.environment }
  await pipeline.database.pool.query(
    `create role ${reader} login password 'secret' in role stacktach_read;
     create role ${confirmer} login password 'secret' in role stacktach_confirm;
     insert into instance_exists (deployment_id, dedup_key, message_id, notification_id, "when", instance, versioned,
                                  launched_at, image_type)
     values (1, 'n', 'n-1', 1, 1, 'i', false, 1, 0);
     insert into image_exists (deployment_id, dedup_key, message_id, notification_id, "when", tie_break, uuid, created_at)
     values (1, 'g', 'g-1', 1, 1, '', 'u', 1)`,
  )
})

afterAll(async () => {
  await pipeline?.database.pool.query(`drop role ${reader}; drop role ${confirmer}`)
  await pipeline?.stop()
})

function urlAs(user: string): string {
  const url = new URL(original.DATABASE_URL ?? '')
  url.username = user
  url.password = 'secret'
  return url.href
}

async function start(overrides: Record<string, string>): Promise<{ api: TestProcess; url: string }> {
  for (const name of Object.keys(pipeline.environment)) delete pipeline.environment[name]
  Object.assign(pipeline.environment, original, overrides)
  const api = await pipeline.start('api')
  const [, url = ''] = await api.printed(/"url":"([^"]+)"/)
  return { api, url }
}

const body = JSON.stringify({
  version: 2,
  messages: { nova: { 'n-1': { status: 201, event_id: 'urn:1' } }, glance: { 'g-1': { status: 201 } } },
})

const confirm = (url: string, token: string) =>
  fetch(`${url}/db/confirm/usage/exists/batch`, {
    method: 'PUT',
    body,
    headers: { authorization: `Bearer ${token}` },
  })

async function confirmed(): Promise<{ nova?: number | null; glance?: number | null }> {
  const { rows } = await pipeline.database.pool.query<{ nova: number | null; glance: number | null }>(
    `select (select confirm_status from instance_exists) as nova, (select confirm_status from image_exists) as glance`,
  )
  return rows[0] ?? {}
}

test('an api that is killed between nova’s and glance’s transaction keeps nova’s, and the request can be repeated', async () => {
  const { code, output } = await pipeline.run('token', 'new', '--scope', 'confirm', '--json')
  expect(code).toBe(0)
  const { token, line } = JSON.parse(output)
  expect(line).toMatch(/^sha256:[0-9a-f]{64} scope=confirm$/)
  const settings = {
    API_TOKENS: line,
    DATABASE_READ_URL: urlAs(reader),
    API_REQUIRE_READ_ROLE: '1',
    DATABASE_CONFIRM_URL: urlAs(confirmer),
  }
  const { api, url } = await start(settings)
  expect(api.output()).not.toMatch(/too many privileges|could not check/)
  const blocker = await pipeline.database.pool.connect()
  try {
    await blocker.query('begin')
    await blocker.query('select from image_exists for update')
    const interrupted = confirm(url, token).catch(() => null)
    await until(async () => (await confirmed()).nova === 201)
    expect(await confirmed()).toEqual({ nova: 201, glance: null })
    await api.stop('SIGKILL')
    expect(await interrupted).toBeNull()
    // PostgreSQL would finish the statement that it is waiting in.
    await blocker.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'stacktach api confirmations'`,
    )
  } finally {
    await blocker.query('rollback')
    blocker.release()
  }
  const again = await start(settings)
  expect(await confirmed()).toEqual({ nova: 201, glance: null })
  const reply = await confirm(again.url, token)
  expect([reply.status, await reply.text()]).toEqual([200, ''])
  expect(await confirmed()).toEqual({ nova: 201, glance: 201 })
  const listed = await fetch(`${again.url}/db/usage/exists/`, { headers: { authorization: `Bearer ${token}` } })
  expect(await listed.json()).toMatchObject({ exists: [{ message_id: 'n-1', send_status: 201, event_id: 'urn:1' }] })
  await again.api.stop()
})

test('without DATABASE_CONFIRM_URL the api writes nothing; a role that can write more causes a warning', async () => {
  const off = await start({})
  expect((await confirm(off.url, 'x')).status).toBe(404)
  await off.api.stop()
  const wide = await start({ DATABASE_CONFIRM_URL: original.DATABASE_URL ?? '' })
  expect(wide.api.output()).toMatch(/can write more than confirmations: it is a superuser/)
  await wide.api.stop()
})
