import { readFile, rm, writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { captured, publish, type TestProcess } from '@stacktach/testing'
import { type Pipeline, ready, startPipeline } from './pipeline.ts'

/** A text that occurs nowhere else. */
const secret = 'hush5e7c0fhush'

/** Timeout of tests that start many programs one after another. */
const TIMEOUT_MS = 300_000

let pipeline: Pipeline

afterEach(() => pipeline.stop())

/** A recorded message of each format. */
const classic = recorded('nova_unversioned_messaging-v1', /compute\.instance\.create\.end/)
const enveloped = recorded('nova_unversioned', /compute\.instance\.create\.end/)
const versioned = recorded('nova_versioned', /instance\.create\.end/)
const glance = recorded('glance_messagingv2', /image\.activate/)

function recorded(stream: Parameters<typeof captured>[0], event: RegExp) {
  const message = captured(stream).find(({ body }) => event.test(body.toString()))
  if (message === undefined) throw new Error(`${stream} has no ${event}`)
  return message
}

/** Fields with the secret in every notation. */
const secretFields = {
  _context_auth_token: secret,
  auth_token: secret,
  adminPass: secret,
  rabbit_password: secret,
  service_catalog: [{ endpoints: [{ url: secret }] }],
  user_data: secret,
  injected_files: [['/etc/key', secret]],
  tenantSecretKey: secret,
  ipsec_site_connection: { psk: secret },
  connection_info: JSON.stringify({ data: { auth_method: 'CHAP', auth_password: secret } }),
  deep: [{ a: { b: [{ auth_token: secret }] } }],
  json: JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ admin_pass: secret }) }) }),
  python: `{'kwargs': {'admin_pass': '${secret}', 'user_data': b'${secret}'}}`,
  piece: `409: {\\"adminPass\\": \\"${secret}\\"} twice`,
}

/** The message with secrets in its notification and payload. */
function withSecrets({ exchange, routing_key, body }: ReturnType<typeof recorded>, id: string, fields: object = {}) {
  const outer = JSON.parse(body.toString())
  const inner = typeof outer['oslo.message'] === 'string' ? JSON.parse(outer['oslo.message']) : outer
  const data = inner.payload['nova_object.data']
  const payload = data
    ? { ...inner.payload, 'nova_object.data': { ...data, ...secretFields } }
    : { ...inner.payload, ...secretFields }
  const notification = JSON.stringify({ ...inner, message_id: id, ...secretFields, payload, ...fields })
  const text = inner === outer ? notification : JSON.stringify({ ...outer, 'oslo.message': notification })
  return { exchange, routing_key, body: Buffer.from(text) }
}

function messagesWithSecrets() {
  const valid = [classic, enveloped, versioned, glance].map((message, index) => withSecrets(message, `valid-${index}`))
  const noEvent = [classic, enveloped, versioned, glance].map((message, index) =>
    withSecrets(message, `invalid-${index}`, { event_type: { auth_token: secret } }),
  )
  const [first] = valid
  if (first === undefined) throw new Error('there is no message')
  const raw = (body: Buffer) => ({ exchange: 'nova', routing_key: 'notifications.info', body })
  const broken = [
    first.body.subarray(0, -1),
    Buffer.concat([first.body.subarray(0, -1), Buffer.from(',"ü":1}', 'latin1')]),
    Buffer.from(first.body.toString(), 'utf16le'),
    Buffer.from(`auth_token=${secret}`),
    Buffer.from(`{"auth_token": "${secret}"`),
    Buffer.from(JSON.stringify([secretFields])),
    Buffer.from(JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': `{"auth_token": "${secret}", }` })),
    Buffer.from(JSON.stringify({ ...secretFields, padding: 'x'.repeat(1_100_000) })),
  ].map(raw)
  return { valid, invalid: [...noEvent, ...broken] }
}

test(
  'secrets in messages are not in stored notifications, output, answers or logs',
  async () => {
    pipeline = await startPipeline(['east'], { LOG_LEVEL: 'trace', VERIFY_SETTLE_SECONDS: '0' })
    const processes: TestProcess[] = [await pipeline.start('ingest'), await pipeline.start('jobs')]
    const { valid, invalid } = messagesWithSecrets()
    await publish(pipeline.vhost, [...valid, ...invalid])
    await pipeline.settled(valid.length + invalid.length)

    const { pool } = pipeline.database
    const { rows: tables } = await pool.query<{ name: string }>(
      `select quote_ident(relname) as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
    )
    let rowCount = 0
    for (const { name } of tables) {
      // The body of a rejected message is stored unchanged for a replay; its other columns are redacted.
      const columns = name === 'rejected_message' ? `(to_jsonb(t) - 'body')::text` : 't::text'
      const { rows } = await pool.query<{ row: string }>(`select ${columns} as row from ${name} t`)
      rowCount += rows.length
      for (const { row } of rows) expect({ name, row }).not.toMatchObject({ row: expect.stringContaining(secret) })
    }
    expect(rowCount).toBeGreaterThan(valid.length + invalid.length)

    const { output: list } = await pipeline.run('rejected', 'list', '--json')
    const ids: number[] = JSON.parse(list).map(({ id }: { id: number }) => id)
    expect(ids).toHaveLength(invalid.length)
    const outputs = [list, (await pipeline.run('rejected', 'list')).output]
    for (const id of ids) {
      outputs.push((await pipeline.run('rejected', 'show', `${id}`)).output)
      if (id % 4 === 0) outputs.push((await pipeline.run('rejected', 'show', `${id}`, '--json')).output)
    }
    // The secret in hexadecimal would be a leak as well.
    const hex = Buffer.from(secret).toString('hex')
    for (const output of outputs) expect(output.replaceAll(/[\s\0]/g, '')).not.toMatch(new RegExp(`${secret}|${hex}`))

    const get = await pipeline.api()
    for (const id of [1, 2, 3]) {
      const { status, body } = await get(`/stacky/show/${id}`)
      expect(status).toBe(200)
      expect(JSON.stringify(body)).not.toContain(secret)
    }
    for (const process of processes) {
      expect(process.output()).not.toContain(secret)
      // A name that occurs only in bodies: bodies are not logged either.
      expect(process.output()).not.toContain('injected_files')
    }
  },
  TIMEOUT_MS,
)

describe('passwords of servers are not logged', () => {
  /** Servers that each program connects to at its start. */
  const connectsTo: Record<string, readonly string[]> = {
    ingest: ['DATABASE_URL', 'REDIS_URL', 'STACKTACH_DEPLOYMENTS_FILE'],
    jobs: ['DATABASE_URL', 'REDIS_URL'],
    api: ['DATABASE_URL'],
  }

  /**
   * The output of a program until it exits or logs a warning about the server. A program that does not use the server runs
   * until it is ready.
   */
  async function outputOf(program: 'ingest' | 'jobs' | 'api', variable: string, value: string): Promise<string> {
    const environment = { ...pipeline.environment }
    Object.assign(pipeline.environment, { [variable]: value, LOG_LEVEL: 'trace' })
    const process = pipeline.launch(program)
    for (const name of [variable, 'LOG_LEVEL']) delete pipeline.environment[name]
    Object.assign(pipeline.environment, environment)
    const isUsed = connectsTo[program]?.includes(variable)
    await Promise.race([process.ended, process.printed(isUsed ? /"level":[456]0/ : ready[program])])
    await process.stop()
    return process.output()
  }

  const withPassword = (url: string | undefined, host?: string) => {
    const changed = new URL(url ?? '')
    changed.username = 'nobody'
    changed.password = secret
    if (host !== undefined) changed.host = host
    return changed.href
  }

  test.each([
    ['are rejected', undefined],
    ['are for an unavailable server', '127.0.0.1:9'],
  ])(
    'when they %s',
    async (_, host) => {
      pipeline = await startPipeline(['east'])
      const { environment, vhost, deploymentsFile } = pipeline
      const before = { ...environment }
      const servers = {
        DATABASE_URL: withPassword(environment.DATABASE_URL, host),
        REDIS_URL: withPassword(environment.REDIS_URL, host),
        PUBLISH_URL: withPassword(vhost.url, host),
      }
      const changes = Object.entries(servers).map(([name, url]) => ({ [name]: url }))
      const outputs = (['ingest', 'jobs', 'api'] as const).flatMap((program) =>
        Object.entries(servers).map(([name, url]) => outputOf(program, name, url)),
      )
      const [entry] = JSON.parse(await readFile(deploymentsFile, 'utf8')).deployments
      const server = host === undefined ? {} : { rabbit_host: '127.0.0.1', rabbit_port: 9 }
      const otherFile = `${deploymentsFile}.other`
      await writeFile(otherFile, JSON.stringify({ deployments: [{ ...entry, ...server, rabbit_password: secret }] }))
      outputs.push(outputOf('ingest', 'STACKTACH_DEPLOYMENTS_FILE', otherFile))
      for (const output of await Promise.all(outputs)) {
        expect(output.length).toBeGreaterThan(10)
        expect(output).not.toContain(secret)
      }
      for (const change of [...changes, { STACKTACH_DEPLOYMENTS_FILE: otherFile }]) {
        Object.assign(pipeline.environment, before, change)
        expect((await pipeline.run('status')).output).not.toContain(secret)
      }
      await rm(otherFile)
    },
    TIMEOUT_MS,
  )

  test(
    'when the URL or the file is invalid',
    async () => {
      pipeline = await startPipeline(['east'])
      const { environment, deploymentsFile } = pipeline
      const before = { ...environment }
      for (const name of ['DATABASE_URL', 'REDIS_URL']) {
        for (const url of [`postgres//u:${secret}@h`, `postgres://u:${secret}@h:port/d`, `u:${secret}@h`, secret]) {
          Object.assign(environment, before, { [name]: url })
          const { code, output } = await pipeline.run('status')
          expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(name) })
          expect(output).not.toContain(secret)
        }
      }
      Object.assign(environment, before)
      const file = await readFile(deploymentsFile, 'utf8')
      const [entry] = JSON.parse(file).deployments
      for (const text of [
        `{"deployments": [{"rabbit_password": "${secret}" "name": "east"}]}`,
        `{"deployments": [{"rabbit_password": ${secret}}]}`,
        secret,
        JSON.stringify({ deployments: [{ ...entry, rabbit_password: [secret] }] }),
      ]) {
        await writeFile(deploymentsFile, text)
        expect((await pipeline.run('status')).output).not.toContain(secret)
      }
    },
    TIMEOUT_MS,
  )
})
