import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { confirmPrivilegeWarning } from '@stacktach/db'
import { newToken, parseTokens } from '@stacktach/runtime'
import { NOW } from '../testkit/fixture.ts'
import { type Api, startApi } from '../testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from '../testkit/testDatabase.ts'
import { type Confirmer, openConfirmer } from './testkit/openConfirmer.ts'
import { insertGlanceExists, insertNovaExists, november } from './testkit/usageRows.ts'

const BATCH = '/db/confirm/usage/exists/batch/'
const a = 'b8a1c9b4-2f1e-4d7e-8f61-1c4b5b2f9e77'
const b = '77c0c9b4-2f1e-4d7e-8f61-1c4b5b2f9e78'
const g = '99d0c9b4-2f1e-4d7e-8f61-1c4b5b2f9e79'

let database: TestDatabase
let confirmer: Confirmer
let api: Api

beforeEach(async () => {
  database = await createTestDatabase()
  await database.db.prisma.deployment.createMany({ data: [{ name: 'east' }, { name: 'west' }] })
  confirmer = await openConfirmer(database.url, 1_000)
  api = await startApi(database.db, NOW, { confirmations: confirmer.db })
})

afterEach(async () => {
  await api?.stop()
  await confirmer?.close()
  await database?.drop()
})

/** Sends a body; an object as JSON. */
async function send(path: string, body: unknown = '', method = 'PUT', headers = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const reply = await api.request(path, method, headers, text)
  expect(reply.headers['content-type']).toBe('application/json')
  return { status: reply.status, body: reply.text === '' ? '' : JSON.parse(reply.text) }
}

const done = { status: 200, body: '' }
const error = (status: number, message: string) => ({ status, body: { status, message } })

/** What is stored of exists: message id, status, confirm status, event id. */
async function stored(table = 'instance_exists'): Promise<unknown[][]> {
  const { rows } = await database.db.pool.query({
    text: `select message_id, confirm_status, event_id from ${table} order by id`,
    rowMode: 'array',
  })
  return rows
}

async function shown(id: number): Promise<unknown> {
  const { exist } = JSON.parse((await api.request(`/db/usage/exists/${id}`)).text)
  return [exist.status, exist.send_status, exist.event_id]
}

describe('confirming one exists', () => {
  const path = `/db/confirm/usage/exists/${a}`

  test.each(['PUT', 'POST'])('by %s, with and without a slash, whatever the Content-Type', async (method) => {
    await insertNovaExists(database.db, { messageId: a })
    const types = [{}, { 'content-type': 'text/plain' }, { 'content-type': 'application/x-www-form-urlencoded' }]
    for (const [index, headers] of types.entries()) {
      expect(await send(`${path}/`, { send_status: 201 + index }, method, headers)).toEqual(done)
      expect(await stored()).toEqual([[a, 201 + index, null]])
      expect(await send(path, { send_status: 400 + index }, method, headers)).toEqual(done)
      expect(await shown(1)).toEqual(['pending', 400 + index, null])
    }
    const { rows } = await database.db.pool.query('select confirmed_at, send_status from instance_exists')
    expect(rows).toEqual([{ confirmed_at: NOW, send_status: 0 }])
  })

  test('0 is a failure, digits are a number, and the broker’s word stays', async () => {
    await insertNovaExists(database.db, { messageId: a, status: 'verified', sendStatus: 201 })
    expect(await shown(1)).toEqual(['verified', 201, null])
    expect(await send(path, { send_status: 0 })).toEqual(done)
    expect(await shown(1)).toEqual(['verified', 0, null])
    expect(await send(path, { send_status: '409' })).toEqual(done)
    expect(await shown(1)).toEqual(['verified', 409, null])
    const { rows } = await database.db.pool.query('select send_status from instance_exists')
    expect(rows).toEqual([{ send_status: 201 }])
  })

  test('errors', async () => {
    await insertGlanceExists(database.db, g, ['i-1'])
    expect(await send(path, '', 'GET')).toEqual(error(400, 'Invalid method'))
    expect(await send(path, { send_status: 1 }, 'DELETE')).toEqual(error(400, 'Invalid method'))
    expect(await send(path)).toEqual(error(400, 'Request body required'))
    const missing = error(400, "'send_status' missing from request body")
    for (const body of [{}, { status: 201 }, { send_status: null }]) expect(await send(path, body)).toEqual(missing)
    const noObject = error(400, 'The request body must be a JSON object')
    for (const body of ['{', '[]', '201', 'null', ' ', 'send_status=201'])
      expect(await send(path, body)).toEqual(noObject)
    for (const status of ['x', 1.5, -1, 2 ** 31, true, []]) {
      expect(await send(path, { send_status: status })).toMatchObject({
        status: 400,
        body: { message: expect.stringMatching(/^Invalid send_status: /) },
      })
    }
    const unknown = (id: string) => error(404, `Could not find Exists record with message_id = '${id}'`)
    expect(await send(path, { send_status: 201 })).toEqual(unknown(a))
    // Nova only.
    expect(await send(`/db/confirm/usage/exists/${g}`, { send_status: 201 })).toEqual(unknown(g))
    expect((await send('/db/confirm/usage/exists/a%00', { send_status: 201 })).status).toBe(404)
    expect((await send('/db/confirm/usage/exists/a.b', { send_status: 201 })).status).toBe(404)
    expect((await send(path, `{"send_status": ${' '.repeat(17 * 1024 * 1024)}1}`)).body).toEqual({
      status: 413,
      message: 'The request body is too large',
    })
  })

  test('two deployments may have one message id: both are confirmed', async () => {
    for (const deployment of [1, 2]) await insertNovaExists(database.db, { messageId: a, deployment })
    await insertNovaExists(database.db, { messageId: b })
    expect(await send(path, { send_status: 201 })).toEqual(done)
    expect(await stored()).toEqual([
      [a, 201, null],
      [a, 201, null],
      [b, null, null],
    ])
  })
})

describe('confirming many', () => {
  beforeEach(async () => {
    await insertNovaExists(database.db, { messageId: a })
    await insertNovaExists(database.db, { messageId: b })
    await insertGlanceExists(database.db, g, ['i-1', 'i-2', 'i-3'])
  })

  const threeTimes = (...rest: unknown[]) => Array.from({ length: 3 }, () => [g, ...rest])

  test('version 0 is about nova', async () => {
    for (const version of [{}, { version: 0 }]) {
      expect(await send(BATCH, { ...version, messages: { [a]: 201, [b]: '400', [g]: 201 } })).toEqual(done)
    }
    expect(await stored()).toEqual([
      [a, 201, null],
      [b, 400, null],
    ])
    expect(await stored('image_exists')).toEqual(threeTimes(null, null))
  })

  test('version 1 has services', async () => {
    const messages = { nova: { [a]: 201 }, glance: { [g]: 409 } }
    expect(await send('/db/confirm/usage/exists/batch', { version: 1, messages }, 'POST')).toEqual(done)
    expect(await stored()).toEqual([
      [a, 201, null],
      [b, null, null],
    ])
    expect(await stored('image_exists')).toEqual(threeTimes(409, null))
  })

  test('version 2 has statuses and the ids of the billing system', async () => {
    const one = { [a]: { status: 201, event_id: 'urn:uuid:1' }, [b]: {} }
    expect(
      await send(BATCH, { version: 2, messages: { nova: one, glance: { [g]: { status: 409, event_id: 7 } } } }),
    ).toEqual(done)
    expect(await stored()).toEqual([
      [a, 201, 'urn:uuid:1'],
      [b, 0, ''],
    ])
    expect(await stored('image_exists')).toEqual(threeTimes(409, '7'))
    expect(await shown(1)).toEqual(['pending', 201, 'urn:uuid:1'])
    // Other versions do not change the id; version 2 without one does.
    expect(await send(BATCH, { messages: { [a]: 200 } })).toEqual(done)
    expect(await shown(1)).toEqual(['pending', 200, 'urn:uuid:1'])
    expect(await send(BATCH, { version: 2, messages: { nova: { [a]: { status: 200 } } } })).toEqual(done)
    expect(await shown(1)).toEqual(['pending', 200, ''])
  })

  test('an unknown version changes nothing', async () => {
    for (const version of [3, '1', '2', null, -1, 0.5]) {
      expect(await send(BATCH, { version, messages: { [a]: 201, nova: { [a]: 201 } } })).toEqual(done)
    }
    expect(await stored()).toEqual([
      [a, null, null],
      [b, null, null],
    ])
  })

  test('services may be missing or empty', async () => {
    for (const messages of [{}, { nova: {} }, { nova: {}, glance: {} }, { nova: null }, { nova: [] }, { other: 1 }]) {
      for (const version of [1, 2]) expect(await send(BATCH, { version, messages })).toEqual(done)
    }
    expect(await send(BATCH, { messages: {} })).toEqual(done)
  })

  test('unknown message ids are skipped, and listed on request', async () => {
    const nova = { nope: 201, [a]: 201, 'nul\0': 201, __proto__x: 1 }
    const body = { version: 1, messages: { nova, glance: { gone: 201 } } }
    expect(await send(BATCH, body)).toEqual(done)
    expect((await stored())[0]).toEqual([a, 201, null])
    const { status, body: report } = await send(`${BATCH}?report=1`, body)
    expect(status).toBe(200)
    report.skipped.nova.sort()
    expect(report).toEqual({ skipped: { nova: ['__proto__x', 'nope', 'nul\0'], glance: ['gone'] } })
    expect(await send(`${BATCH}?report=1`, { messages: { [a]: 1 } })).toEqual({
      status: 200,
      body: { skipped: { nova: [], glance: [] } },
    })
  })

  test('errors change nothing', async () => {
    expect(await send(BATCH, '', 'GET')).toEqual(error(400, 'Invalid method'))
    expect(await send(BATCH)).toEqual(error(400, 'Request body required'))
    for (const body of [{}, { messages: null }]) {
      expect(await send(BATCH, body)).toEqual(error(400, "'messages' missing from request body"))
    }
    for (const body of [
      { messages: [{ [a]: 201 }] },
      { messages: { [a]: 'x' } },
      { version: 1, messages: { nova: { [a]: 201 }, glance: { [g]: 'x' } } },
      { version: 1, messages: { nova: [a] } },
      { version: 2, messages: { nova: { [a]: 201 } } },
      { version: 2, messages: { nova: { [a]: { status: 201, event_id: 'nul\0' } } } },
    ]) {
      expect({ sent: body, ...(await send(BATCH, body)) }).toMatchObject({
        body: { message: expect.stringMatching(/^Invalid /) },
        status: 400,
      })
    }
    expect((await stored()).flatMap((row) => row.slice(1))).toEqual([null, null, null, null])
  })

  test('a failure at glance’s keeps nova’s, and the request can be repeated', async () => {
    const body = { version: 1, messages: { nova: { [a]: 201 }, glance: { [g]: 201 } } }
    const other = await database.db.pool.connect()
    try {
      await other.query('begin')
      await other.query('select from image_exists for update')
      expect((await send(BATCH, body)).status).toBe(503)
    } finally {
      await other.query('rollback')
      other.release()
    }
    expect((await stored())[0]).toEqual([a, 201, null])
    expect(await stored('image_exists')).toEqual(threeTimes(null, null))
    expect(await send(BATCH, body)).toEqual(done)
    expect(await stored('image_exists')).toEqual(threeTimes(201, null))
  })

  test('the exists that a message was published for are confirmed together', async () => {
    const other = await insertNovaExists(database.db, { messageId: 'other' })
    await database.db.pool.query(
      `insert into outbox (id, service, key, message_id, original_message_id, notification_id, notification_when, created_at)
       values (7, 'nova', 'x', 'new', '${a}', 1, 1, 1), (8, 'glance', 'x', 'new', '${b}', 1, 1, 1)`,
    )
    await database.db.pool.query(`update instance_exists set outbox_id = 7 where id in (1, ${other})`)
    expect(await send(BATCH, { messages: { [a]: 201 } })).toEqual(done)
    expect(await stored()).toEqual([
      [a, 201, null],
      [b, null, null],
      ['other', 201, null],
    ])
    // Its own message id counts more.
    expect(await send(BATCH, { messages: { [a]: 200, other: 400 } })).toEqual(done)
    expect((await stored()).map(([, status]) => status)).toEqual([200, null, 400])
  })

  test('Yagi’s request, byte for byte', async () => {
    const body = `{"version": 2, "messages": {"glance": {}, "nova": {"${a}": {"status": 201, "event_id": "urn:uuid:3a0f7c3e-92f0-4f0b-9c0e-0a1b2c3d4e5f"}, "${b}": {"status": 0}}}}`
    const { hostname, port } = new URL(api.url)
    const request = [
      'PUT /db/confirm/usage/exists/batch HTTP/1.1',
      `Host: ${hostname}:${port}`,
      `Content-Length: ${body.length}`,
      'Accept-Encoding: gzip, deflate, compress',
      'Accept: */*',
      'User-Agent: python-requests/1.2.3 CPython/2.7.3 Linux/3.2.0-4-amd64',
      '',
      body,
    ].join('\r\n')
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(request))
      let text = ''
      socket.setEncoding('latin1').on('error', reject)
      socket.on('data', (part) => {
        text += String(part)
        if (text.includes('\r\n\r\n')) socket.end()
      })
      socket.on('close', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(answer).toMatch(/\r\nContent-Type: application\/json\r\n/)
    expect(answer).toMatch(/\r\nContent-Length: 0\r\n/)
    expect(answer.split('\r\n\r\n')[1]).toBe('')
    expect(await stored()).toEqual([
      [a, 201, 'urn:uuid:3a0f7c3e-92f0-4f0b-9c0e-0a1b2c3d4e5f'],
      [b, 0, ''],
    ])
  })
})

describe('repair', () => {
  const form = (...parts: [string, string][]) => new URLSearchParams(parts).toString()

  test('pending exists are marked, others are listed', async () => {
    const { db } = database
    await insertNovaExists(db, { messageId: 'pending', when: '21 00:01:00' })
    await insertNovaExists(db, { messageId: 'verified', status: 'verified' })
    await insertNovaExists(db, { messageId: 'failed', status: 'failed' })
    for (const deployment of [1, 2]) await insertNovaExists(db, { messageId: 'ambiguous', deployment })
    const ids = ['pending', 'verified', 'failed', 'ambiguous', 'nope', 'nul\0'].map((id): [string, string] => [
      'message_ids',
      id,
    ])
    expect(await send('/db/repair/', form(['service', 'nova'], ...ids), 'POST')).toEqual({
      status: 200,
      body: { absent_exists: ['ambiguous', 'nope', 'nul\0'], exists_not_pending: ['verified', 'failed'] },
    })
    expect(await shown(1)).toEqual(['sent_unverified', 201, null])
    expect(await shown(2)).toEqual(['verified', 0, null])
    // Its usage counts as sent.
    const { rows } = await db.pool.query(
      'select service, key, original_message_id, notification_id, send_status, sent_at from outbox',
    )
    expect(rows).toEqual([
      {
        service: 'nova',
        key: `0d6c3a52-7f7e-4f0c-9d43-5b8a0a3f6d11 ${november('20 00:00:00') / 1e6} ${november('21 00:00:00') / 1e6} ${november('20 13:00:00') / 1e6}`,
        original_message_id: 'pending',
        notification_id: 90877,
        send_status: 201,
        sent_at: NOW,
      },
    ])
    // Twice; nova is the default.
    expect(await send('/db/repair/again', form(['message_ids', 'pending']), 'POST')).toEqual({
      status: 200,
      body: { absent_exists: [], exists_not_pending: ['pending'] },
    })
  })

  test('glance: every image of a notification', async () => {
    const { db } = database
    await insertGlanceExists(db, g, ['i-1', 'i-2'])
    await insertGlanceExists(db, 'verified', ['i-1', 'i-2'], 'verified')
    const ids = [g, 'verified', 'nope'].map((id): [string, string] => ['message_ids', id])
    expect(await send('/db/repair', form(['service', 'glance'], ...ids), 'POST')).toEqual({
      status: 200,
      body: { absent_exists: ['nope'], exists_not_pending: ['verified', 'verified'] },
    })
    const { exists } = JSON.parse((await api.request('/db/usage/glance/exists/?order_by=id&direction=asc')).text)
    expect(exists.map((row: { status: string; send_status: number }) => [row.status, row.send_status])).toEqual([
      ['sent_unverified', 201],
      ['sent_unverified', 201],
      ['verified', 0],
      ['verified', 0],
    ])
    const { rows } = await db.pool.query('select service, send_status from outbox')
    expect(rows).toEqual([{ service: 'glance', send_status: 201 }])
  })

  test('errors', async () => {
    expect(await send('/db/repair', 'message_ids=x', 'GET')).toEqual(error(400, 'Invalid method'))
    expect(await send('/db/repair', 'service=nova', 'POST')).toEqual(
      error(400, "'message_ids' missing from request body"),
    )
    expect(await send('/db/repair', 'service=cinder&message_ids=x', 'POST')).toEqual(error(400, 'Invalid service'))
  })
})

describe('tenants', () => {
  const id = '7a1d0c7be1f94ad2a9a7b5a9a5d0d8c3'
  const tenant = (fields = {}) => ({
    tenant: id,
    name: 'Example GmbH',
    types: { size: 'small', plan: 'gold' },
    ...fields,
  })

  async function tenants(): Promise<unknown> {
    const { rows } = await database.db.pool.query(
      `select tenant, account_name, billing_account, updated_at,
              (select coalesce(json_object_agg(name, value), '{}') from tenant_type t where t.tenant = i.tenant) as types
         from tenant_info i order by tenant`,
    )
    return rows
  }

  test('a new and a known one, with all its types', async () => {
    await database.db.pool.query(`insert into tenant_info values ('${id}', 'old', 'account 7', 1);
      insert into tenant_type values ('${id}', 'size', 'huge'), ('${id}', 'gone', 'x')`)
    expect(await send(`/db/tenant/info/${id}/`, tenant())).toEqual(done)
    expect(await send('/db/tenant/info/6000', tenant({ tenant: '6000', types: {} }), 'POST')).toEqual(done)
    const known = { tenant: id, account_name: 'Example GmbH', billing_account: 'account 7', updated_at: NOW }
    expect(await tenants()).toEqual([
      { tenant: '6000', account_name: 'Example GmbH', billing_account: '6000', updated_at: NOW, types: {} },
      { ...known, types: { size: 'small', plan: 'gold' } },
    ])
    expect(await send(`/db/tenant/info/${id}`, tenant({ types: { size: 3 } }))).toEqual(done)
    expect(await tenants()).toContainEqual({ ...known, types: { size: '3' } })
  })

  test.each([
    ['today', ['new', 'renamed']],
    ['stacktach', ['new', 'old']],
  ])('a batch of both, by the rules %s', async (rules, names) => {
    await database.db.pool.query(`insert into tenant_info values ('${id}', 'old', 'x', 1);
      insert into tenant_type values ('${id}', 'gone', 'x'); insert into setting values ('rules', '${rules}')`)
    const batch = [
      tenant({ name: 'renamed first' }),
      tenant({ tenant: 'a-b', name: 'new' }),
      tenant({ name: 'renamed', types: { plan: 'iron' } }),
    ]
    expect(await send('/db/tenant/batch_info/', { tenants: batch })).toEqual(done)
    expect(await tenants()).toMatchObject([
      { tenant: id, account_name: names[1], updated_at: NOW, types: { plan: 'iron' } },
      { tenant: 'a-b', account_name: names[0], types: { size: 'small', plan: 'gold' } },
    ])
    expect(await send('/db/tenant/batch_info', { tenants: [] })).toEqual(done)
  })

  test('errors', async () => {
    const path = `/db/tenant/info/${id}`
    expect(await send(path, '', 'GET')).toEqual(error(400, 'Invalid method'))
    expect(await send(path)).toEqual(error(400, 'Request body required'))
    expect(await send(path, tenant({ tenant: 'x' }))).toEqual(error(400, `Invalid tenant: x != ${id}`))
    for (const name of ['tenant', 'name', 'types']) {
      expect(await send(path, tenant({ [name]: undefined }))).toEqual(error(400, `'${name}' missing from request body`))
    }
    for (const fields of [{ name: 5 }, { types: [] }, { types: { size: null } }, { name: 'nul\0' }, { tenant: 5 }]) {
      expect(await send(path, tenant(fields))).toMatchObject({ status: 400 })
    }
    // The pattern has no dash.
    expect((await send('/db/tenant/info/7a1d0c7b-e1f9', tenant())).status).toBe(404)
    expect(await send('/db/tenant/batch_info', { tenants: null })).toEqual(
      error(400, "'tenants' missing from request body"),
    )
    expect(await send('/db/tenant/batch_info', { tenants: [tenant(), {}] })).toEqual(
      error(400, "'tenant' missing from request body"),
    )
    expect(await tenants()).toEqual([])
  })
})

test('tokens: writing needs the scope, and a token of a tenant gets nothing', async () => {
  const [reader, writer, limited] = [newToken([]), newToken([], ['confirm']), newToken(['5000'])]
  const { tokens } = parseTokens([reader, writer, limited].map(({ line }) => line).join('\n'))
  const secured = await startApi(database.db, NOW, { confirmations: confirmer.db, admission: { tokens: () => tokens } })
  try {
    const status = async (path: string, token: string | null, method = 'GET', body = '') => {
      const headers = token === null ? {} : { authorization: `Bearer ${token}` }
      const reply = await secured.request(`/db/${path}`, method, headers, body)
      expect(reply.headers['content-type']).toBe('application/json')
      if (reply.status >= 400) {
        expect(JSON.parse(reply.text)).toEqual({ status: reply.status, message: expect.any(String) })
      }
      return reply.status
    }
    for (const path of ['usage/exists', 'usage/launches/1', 'stats/events', 'nope']) {
      const answered = [200, 404]
      expect(await status(path, null)).toBe(401)
      expect(await status(path, limited.token)).toBe(403)
      expect(answered).toContain(await status(path, reader.token))
      expect(answered).toContain(await status(path, writer.token))
    }
    const batch = '{"messages": {}}'
    const writes: [string, string, string][] = [
      ['confirm/usage/exists/batch', 'PUT', batch],
      ['tenant/batch_info', 'PUT', '{"tenants": []}'],
      ['repair', 'POST', 'message_ids=x'],
    ]
    for (const [path, method, body] of writes) {
      expect(await status(path, null, method, body)).toBe(401)
      expect(await status(path, limited.token, method, body)).toBe(403)
      expect(await status(path, reader.token, method, body)).toBe(403)
      expect(await status(path, writer.token, method, body)).toBe(200)
    }
    // A page of a browser, with the session of a token that may write.
    for (const headers of [
      { cookie: `stacktach=${writer.token}` },
      { origin: 'http://example.org', authorization: `Bearer ${writer.token}` },
    ]) {
      const { status: refused } = await secured.request('/db/repair', 'POST', headers, 'message_ids=x')
      expect(refused).toBe('cookie' in headers ? 401 : 403)
    }
    expect((await api.request('/db/repair', 'POST', { origin: 'http://example.org' }, 'message_ids=x')).status).toBe(
      403,
    )
    // Without the rights the body is not read.
    expect(await status('confirm/usage/exists/batch', reader.token, 'PUT', '{')).toBe(403)
  } finally {
    await secured.stop()
  }
})

test('the role of confirmations writes nothing else', async () => {
  const { pool } = confirmer.db
  await insertNovaExists(database.db, { messageId: a })
  const refused = [
    `update instance_exists set status = 'verified'`,
    'update instance_exists set send_status = 201',
    'update instance_exists set tenant = $$x$$',
    'update image_exists set status = $$verified$$',
    'delete from instance_exists',
    'insert into instance_exists (instance) values ($$x$$)',
    'update outbox set message_id = $$x$$',
    'delete from outbox',
    'delete from tenant_info',
    'insert into deployment (name) values ($$x$$)',
    'insert into setting values ($$rules$$, $$today$$)',
    'update instance_launch set tenant = $$x$$',
    'select * from notification_nova',
    'select * from rejected_message',
    'select * from report',
    'truncate tenant_type',
    'create table mine (a integer)',
  ]
  for (const statement of refused) {
    await expect(pool.query(statement)).rejects.toMatchObject({ code: '42501' })
  }
  expect(await confirmPrivilegeWarning(pool)).toBeNull()
  expect(await confirmPrivilegeWarning(database.db.pool)).toMatch(
    /can write more than confirmations: it is a superuser/,
  )
  const { rows } = await database.db.pool.query(
    `select table_name, column_name from information_schema.column_privileges
      where grantee = 'stacktach_confirm' and privilege_type = 'UPDATE' and table_name ~ 'exists|outbox' order by 1, 2`,
  )
  const columns = ['confirm_status', 'confirmed_at', 'event_id', 'repaired']
  expect(rows.map((row) => `${row.table_name} ${row.column_name}`)).toEqual([
    ...['image_exists', 'instance_exists'].flatMap((table) => columns.map((column) => `${table} ${column}`)),
    'outbox send_status',
    'outbox sent_at',
  ])
})
