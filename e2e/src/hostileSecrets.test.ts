import { readFile, rm, writeFile } from 'node:fs/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { captured, publish, type TestProcess } from '@stacktach/testing'
import { type Pipeline, ready, startPipeline } from './pipeline.ts'

/** No other text has it. */
const secret = 'hush5e7c0fhush'

/** Milliseconds: many programs are started one after another. */
const LONG = 300_000

let pipeline: Pipeline

afterEach(() => pipeline.stop())

/** Recorded messages of each format, each with secrets in every notation, and one in a body that is bad. */
const classic = recorded('nova_unversioned_messaging-v1', /compute\.instance\.create\.end/)
const enveloped = recorded('nova_unversioned', /compute\.instance\.create\.end/)
const versioned = recorded('nova_versioned', /instance\.create\.end/)
const glance = recorded('glance_messagingv2', /image\.activate/)

function recorded(stream: Parameters<typeof captured>[0], event: RegExp) {
  const found = captured(stream).find(({ body }) => event.test(body.toString()))
  if (found === undefined) throw new Error(`${stream} has no ${event}`)
  return found
}

const planted = {
  _context_auth_token: secret,
  auth_token: secret,
  adminPass: secret,
  rabbit_password: secret,
  service_catalog: [{ endpoints: [{ url: secret }] }],
  user_data: secret,
  injected_files: [['/etc/key', secret]],
  deep: [{ a: { b: [{ auth_token: secret }] } }],
  json: JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ admin_pass: secret }) }) }),
  python: `{'kwargs': {'admin_pass': '${secret}', 'user_data': b'${secret}'}}`,
  piece: `409: {\\"adminPass\\": \\"${secret}\\"} twice`,
}

/** The message with secrets in notification and payload. */
function withSecrets({ exchange, routing_key, body }: ReturnType<typeof recorded>, id: string, fields: object = {}) {
  const outer = JSON.parse(body.toString())
  const inner = typeof outer['oslo.message'] === 'string' ? JSON.parse(outer['oslo.message']) : outer
  const data = inner.payload['nova_object.data']
  const payload = data
    ? { ...inner.payload, 'nova_object.data': { ...data, ...planted } }
    : { ...inner.payload, ...planted }
  const notification = JSON.stringify({ ...inner, message_id: id, ...planted, payload, ...fields })
  const text = inner === outer ? notification : JSON.stringify({ ...outer, 'oslo.message': notification })
  return { exchange, routing_key, body: Buffer.from(text) }
}

function bodies() {
  const good = [classic, enveloped, versioned, glance].map((message, index) => withSecrets(message, `good-${index}`))
  const noEvent = [classic, enveloped, versioned, glance].map((message, index) =>
    withSecrets(message, `bad-${index}`, { event_type: { auth_token: secret } }),
  )
  const [whole] = good
  if (whole === undefined) throw new Error('there is a message')
  const raw = (body: Buffer) => ({ exchange: 'nova', routing_key: 'notifications.info', body })
  const broken = [
    whole.body.subarray(0, -1),
    Buffer.concat([whole.body.subarray(0, -1), Buffer.from(',"ü":1}', 'latin1')]),
    Buffer.from(whole.body.toString(), 'utf16le'),
    Buffer.from(`auth_token=${secret}`),
    Buffer.from(`{"auth_token": "${secret}"`),
    Buffer.from(JSON.stringify([planted])),
    Buffer.from(JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': `{"auth_token": "${secret}", }` })),
    Buffer.from(JSON.stringify({ ...planted, padding: 'x'.repeat(1_100_000) })),
  ].map(raw)
  return { good, bad: [...noEvent, ...broken] }
}

test(
  'secrets in messages are in nothing that is stored as accepted, printed, answered or logged',
  async () => {
    pipeline = await startPipeline(['east'], { LOG_LEVEL: 'trace', VERIFY_SETTLE_SECONDS: '0' })
    const started: TestProcess[] = [await pipeline.start('ingest'), await pipeline.start('jobs')]
    const { good, bad } = bodies()
    await publish(pipeline.vhost, [...good, ...bad])
    await pipeline.settled(good.length + bad.length)

    const { pool } = pipeline.database
    const { rows: tables } = await pool.query<{ name: string }>(
      `select quote_ident(relname) as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
    )
    let seen = 0
    for (const { name } of tables) {
      // A rejected body is kept as it came, to be replayed; all else of it is for people.
      const columns = name === 'rejected_message' ? `(to_jsonb(t) - 'body')::text` : 't::text'
      const { rows } = await pool.query<{ row: string }>(`select ${columns} as row from ${name} t`)
      seen += rows.length
      for (const { row } of rows) expect({ name, row }).not.toMatchObject({ row: expect.stringContaining(secret) })
    }
    expect(seen).toBeGreaterThan(good.length + bad.length)

    const { output: list } = await pipeline.run('rejected', 'list', '--json')
    const ids: number[] = JSON.parse(list).map(({ id }: { id: number }) => id)
    expect(ids).toHaveLength(bad.length)
    const shown = [list, (await pipeline.run('rejected', 'list')).output]
    for (const id of ids) {
      shown.push((await pipeline.run('rejected', 'show', `${id}`)).output)
      if (id % 4 === 0) shown.push((await pipeline.run('rejected', 'show', `${id}`, '--json')).output)
    }
    // In hexadecimal it would be a secret just as well.
    const hex = Buffer.from(secret).toString('hex')
    for (const output of shown) expect(output.replaceAll(/[\s\0]/g, '')).not.toMatch(new RegExp(`${secret}|${hex}`))

    const ask = await pipeline.api()
    for (const id of [1, 2, 3]) {
      const { status, body } = await ask(`/stacky/show/${id}`)
      expect(status).toBe(200)
      expect(JSON.stringify(body)).not.toContain(secret)
    }
    for (const process of started) {
      expect(process.output()).not.toContain(secret)
      // No body either: this is in none of the names that are logged.
      expect(process.output()).not.toContain('injected_files')
    }
  },
  LONG,
)

describe('passwords of servers are in no log', () => {
  /** Servers that each program connects to as it starts. */
  const connectsTo: Record<string, readonly string[]> = {
    ingest: ['DATABASE_URL', 'REDIS_URL', 'STACKTACH_DEPLOYMENTS_FILE'],
    jobs: ['DATABASE_URL', 'REDIS_URL'],
    api: ['DATABASE_URL'],
  }

  /**
   * All that a program prints until it ends or warns of the server that it cannot use; if it does not use that server,
   * until it is ready.
   */
  async function printed(program: 'ingest' | 'jobs' | 'api', variable: string, value: string): Promise<string> {
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
    ['refused', undefined],
    ['of a server that is not there', '127.0.0.1:9'],
  ])(
    '%s',
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
        Object.entries(servers).map(([name, url]) => printed(program, name, url)),
      )
      const [entry] = JSON.parse(await readFile(deploymentsFile, 'utf8')).deployments
      const server = host === undefined ? {} : { rabbit_host: '127.0.0.1', rabbit_port: 9 }
      const otherFile = `${deploymentsFile}.other`
      await writeFile(otherFile, JSON.stringify({ deployments: [{ ...entry, ...server, rabbit_password: secret }] }))
      outputs.push(printed('ingest', 'STACKTACH_DEPLOYMENTS_FILE', otherFile))
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
    LONG,
  )

  test(
    'written wrong',
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
    LONG,
  )
})
