import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createConnection, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { migrate } from '@stacktach/db'
import {
  createEmptyDatabase,
  createTestDatabase,
  createTestUser,
  createTestVhost,
  dropRedisKeys,
  freePort,
  type Permissions,
  publish,
  services,
  startCommandHost,
  startProcess,
  type TestDatabase,
  type TestVhost,
} from '@stacktach/testing'
import { firstMessage, type Program, programs } from './firstMinute.ts'
import { rejectedNotification } from './rejected.ts'
import { until } from './until.ts'

let database: TestDatabase
let empty: TestDatabase
let vhost: TestVhost
let folder: string
let environment: Record<string, string>
const commands = startCommandHost()

beforeAll(async () => {
  database = await createTestDatabase(migrate)
  empty = await createEmptyDatabase()
  vhost = await createTestVhost()
  folder = await mkdtemp(join(tmpdir(), 'first-minute-'))
  environment = {
    DATABASE_URL: database.url,
    REDIS_URL: services().redisUrl,
    REDIS_PREFIX: vhost.name,
    STACKTACH_DEPLOYMENTS_FILE: await deploymentsFile({}),
    API_PORT: '0',
  }
})

afterAll(async () => {
  commands.stop()
  await Promise.all([database.drop(), empty.drop(), vhost.drop(), dropRedisKeys(vhost.name)])
  await rm(folder, { recursive: true })
})

/** Writes a deployments file with one deployment that works, except for the given properties. */
async function deploymentsFile(overrides: object): Promise<string> {
  const broker = new URL(vhost.url)
  const file = join(folder, `${Math.random()}.json`)
  const deployment = {
    name: 'east',
    rabbit_host: broker.hostname,
    rabbit_port: Number(broker.port || 5672),
    rabbit_userid: decodeURIComponent(broker.username) || 'guest',
    rabbit_password: decodeURIComponent(broker.password) || 'guest',
    rabbit_virtual_host: vhost.name,
    topics: { nova: [{ queue: 'stacktach_nova', routing_key: 'notifications.*' }] },
    ...overrides,
  }
  await writeFile(file, JSON.stringify({ deployments: [deployment] }))
  return file
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

function changed(
  url: string,
  change: Partial<Record<'host' | 'hostname' | 'username' | 'password' | 'pathname', string>>,
) {
  return Object.assign(new URL(url), change).href
}

/** A Redis of its own, because the policy belongs to the whole server. */
async function evictingRedis() {
  const port = await freePort()
  const policy = ['--maxmemory-policy', 'allkeys-lru', '--save', '']
  const server = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', ...policy], { stdio: 'ignore' })
  await until(() => isOpen(port))
  return { url: `redis://127.0.0.1:${port}`, stop: () => server.kill('SIGKILL') }
}

type Expected = readonly [Program, number | 'keeps running', string | RegExp]

/** Starts the programs at the same time and compares their first messages and exit codes. */
async function expectMessages(overrides: Record<string, string>, expected: readonly Expected[]): Promise<void> {
  const messages = await Promise.all(
    expected.map(([program]) => firstMessage(program, { ...environment, ...overrides }, commands)),
  )
  expect(messages).toEqual(
    expected.map(([program, code, line]) => ({
      program,
      code,
      line: typeof line === 'string' ? line : expect.stringMatching(line),
    })),
  )
}

/** The same message of several programs. */
const all = (names: readonly Program[], code: Expected[1], line: Expected[2]) =>
  names.map((name): Expected => [name, code, line])

const noTls = 'the database in DATABASE_URL does not use TLS: enable ssl in postgresql.conf, or remove sslmode'

describe('PostgreSQL', () => {
  test('DATABASE_URL is not set', () =>
    expectMessages(
      { DATABASE_URL: '' },
      all(
        ['ingest', 'jobs', 'api', 'status', 'migrate'],
        2,
        /^DATABASE_URL is not set: it is the URL of PostgreSQL, such as postgres:.*$/,
      ),
    ))

  test('DATABASE_URL is not a PostgreSQL URL', () =>
    expectMessages(
      { DATABASE_URL: 'mysql://db/stacktach' },
      all(
        ['ingest', 'migrate'],
        2,
        'DATABASE_URL must be a URL beginning with postgres:// or postgresql:// (current value hidden)',
      ),
    ))

  test.each(['DATABASE_URL', 'REDIS_URL'])('%s has a password that is not percent-encoded', (variable) => {
    const line = `${variable} has an @ after the host: percent-encode special characters of the password (current value hidden)`
    const protocol = variable === 'REDIS_URL' ? 'redis' : 'postgres'
    return expectMessages(
      { [variable]: `${protocol}://user:p@ss/word@127.0.0.1:1/0` },
      all(['ingest', 'status'], 2, line),
    )
  })

  test('does not use TLS, which sslmode requires', () =>
    expectMessages({ DATABASE_URL: `${database.url}?sslmode=require` }, [
      ...all(['ingest', 'jobs', 'api'], 2, noTls),
      ...all(['status', 'migrate'], 1, noTls),
    ]))

  test('does not answer in time', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => sockets.push(socket))
    const port = await listen(server)
    await expectMessages({ DATABASE_URL: changed(database.url, { host: `127.0.0.1:${port}` }) }, [
      ['migrate', 1, /^the database in DATABASE_URL does not answer: [^\n]* \(timeout expired\)$/],
    ])
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })

  test('is unavailable: processes wait, commands fail', async () => {
    const unavailable =
      'the database in DATABASE_URL does not answer: check host and port, and that PostgreSQL is running'
    await expectMessages({ DATABASE_URL: changed(database.url, { host: '127.0.0.1:1' }) }, [
      ...all(['ingest', 'jobs', 'api'], 'keeps running', unavailable),
      ...all(['status', 'migrate'], 1, `${unavailable} (connect ECONNREFUSED 127.0.0.1:1)`),
    ])
  })

  test('has an unknown host name', () =>
    expectMessages({ DATABASE_URL: changed(database.url, { hostname: 'no.such.host.invalid' }) }, [
      ['status', 1, /^the database in DATABASE_URL does not answer: .* \(getaddrinfo \w+ no\.such\.host\.invalid\)$/],
    ]))

  test('rejects the password', () => {
    const line = /^login to the database in DATABASE_URL failed: check user and password \(.*newcomer.*\)$/
    return expectMessages({ DATABASE_URL: changed(database.url, { username: 'newcomer', password: 'wrong' }) }, [
      ...all(['ingest', 'jobs', 'api'], 2, line),
      ...all(['status', 'migrate'], 1, line),
    ])
  })

  test('rejects the password in DATABASE_READ_URL', () =>
    expectMessages({ DATABASE_READ_URL: changed(database.url, { username: 'newcomer', password: 'wrong' }) }, [
      ['api', 2, /^login to the database in DATABASE_READ_URL failed: .* \(.*newcomer.*\)$/],
    ]))

  test('has no database of this name, or an empty one', async () => {
    const line = /^the database schema is out of date: run `npm run migrate` \(.* does not exist\)$/
    const expected = [...all(['ingest', 'jobs', 'api'], 2, line), ...all(['status'], 1, line)]
    await expectMessages({ DATABASE_URL: changed(database.url, { pathname: '/nowhere' }) }, expected)
    await expectMessages({ DATABASE_URL: empty.url }, expected)
  })
})

describe('Redis', () => {
  test('is unavailable: ingest and jobs keep running', async () => {
    const unavailable =
      'Redis at REDIS_URL does not answer: check host and port, and that Redis is running (connect ECONNREFUSED 127.0.0.1:1)'
    await expectMessages({ REDIS_URL: 'redis://127.0.0.1:1' }, [
      ['ingest', 'keeps running', `${unavailable}; aggregation is delayed until then`],
      ['jobs', 'keeps running', `${unavailable}; nothing is aggregated until then`],
      ['jobs list', 1, unavailable],
    ])
  })

  test('rejects the password', async () => {
    const line = /^login to Redis at REDIS_URL failed: check user and password \(WRONGPASS .*\)/
    await expectMessages({ REDIS_URL: changed(services().redisUrl, { username: 'newcomer', password: 'wrong' }) }, [
      ['ingest', 'keeps running', line],
      ['jobs', 2, line],
      ['jobs list', 1, line],
    ])
  })

  test('may evict jobs: one line, and none of the library', async () => {
    const redis = await evictingRedis()
    const line =
      'Redis at REDIS_URL may evict keys, and with them jobs: set maxmemory-policy to noeviction, not allkeys-lru'
    try {
      await expectMessages({ REDIS_URL: redis.url }, all(['ingest', 'jobs'], 'keeps running', line))
      const [file, ...args] = programs.jobs
      const jobs = startProcess(file, args, { ...environment, REDIS_URL: redis.url })
      await jobs.printed(/"started"/)
      expect(await jobs.stop()).toBe(0)
      const lines = jobs.output().trim().split('\n')
      expect(lines.filter((text) => !text.startsWith('{'))).toEqual([])
      expect(lines.filter((text) => text.includes(line))).toHaveLength(1)
    } finally {
      redis.stop()
    }
  })

  test('is another kind of server, which answers or closes the connection', async () => {
    await expectMessages({ REDIS_URL: `redis://${new URL(services().managementUrl).host}` }, [
      ['jobs', 2, /^the server at REDIS_URL is not Redis/],
      ['ingest', 'keeps running', /^the server at REDIS_URL is not Redis/],
    ])
    await expectMessages(
      { REDIS_URL: `redis://${new URL(services().databaseUrl).host}` },
      all(['ingest', 'jobs'], 'keeps running', /^Redis at REDIS_URL does not answer: .*(closed|EPIPE|ECONNRESET)/),
    )
  })
})

describe('RabbitMQ: processes keep running, because other deployments may work', () => {
  /** @param line the message of ingest about the broker; status prints it after the name of the deployment */
  async function expectBrokerMessage(overrides: object, line: string) {
    await expectMessages({ STACKTACH_DEPLOYMENTS_FILE: await deploymentsFile(overrides) }, [
      ['ingest', 'keeps running', line],
      ['status', 0, `east: ${line}`],
    ])
  }

  const broker = () => `the broker at ${new URL(vhost.url).host}`

  test('is unavailable', () =>
    expectBrokerMessage(
      { rabbit_host: '127.0.0.1', rabbit_port: 1 },
      'the broker at 127.0.0.1:1 does not answer: check rabbit_host and rabbit_port, and that RabbitMQ is running (connect ECONNREFUSED 127.0.0.1:1)',
    ))

  test('rejects the password', () =>
    expectBrokerMessage(
      { rabbit_userid: 'newcomer', rabbit_password: 'wrong' },
      `${broker()} rejected the login of newcomer: check rabbit_userid and rabbit_password`,
    ))

  test('has no vhost of this name, or the user has no permission on it', async () => {
    const noVhost = (name: string, user: string) =>
      `${broker()} has no vhost ${name}, or ${user} has no permission on it: check rabbit_virtual_host, and run \`rabbitmqctl list_permissions -p ${name}\``
    await expectBrokerMessage(
      { rabbit_virtual_host: 'nowhere' },
      noVhost('nowhere', decodeURIComponent(new URL(vhost.url).username) || 'guest'),
    )
    await withUser(null, (user) => expectBrokerMessage(user, noVhost(vhost.name, user.rabbit_userid)))
  })

  test('has an exchange that the user may only read', async () => {
    const connection = await vhost.connect()
    const channel = await connection.createChannel()
    await channel.assertExchange('nova', 'topic', { durable: true })
    await connection.close()
    const ownQueues = '^stacktach_.*$'
    await withUser({ configure: ownQueues, write: ownQueues, read: '^(nova|glance|stacktach_.*)$' }, async (user) => {
      const [file, ...args] = programs.ingest
      const ingest = startProcess(file, args, {
        ...environment,
        STACKTACH_DEPLOYMENTS_FILE: await deploymentsFile(user),
      })
      await ingest.printed(/"consuming"/)
      expect(await ingest.stop()).toBe(0)
      expect(ingest.output()).not.toMatch(/"level":[45]0/)
    })
    await withUser({ configure: '^$', write: '^$', read: '.*' }, async (user) => {
      const missing = { ...user, topics: { elsewhere: [{ queue: 'stacktach_nova', routing_key: 'notifications.*' }] } }
      const { rabbit_userid: name } = user
      await expectMessages({ STACKTACH_DEPLOYMENTS_FILE: await deploymentsFile(missing) }, [
        ['ingest', 'keeps running', `${broker()} has no exchange elsewhere, and ${name} may not declare it`],
      ])
    })
    await withUser({ configure: '.*', write: '.*', read: '^$' }, async (user) => {
      const { rabbit_userid: name } = user
      const file = await deploymentsFile({ ...user, topics: { glance: [{ queue: 'q', routing_key: '#' }] } })
      await expectMessages({ STACKTACH_DEPLOYMENTS_FILE: file }, [
        [
          'ingest',
          'keeps running',
          `${broker()} denied ${name} access to exchange glance: grant it with \`rabbitmqctl set_permissions -p ${vhost.name} ${name}\``,
        ],
      ])
    })
  })

  async function withUser(
    permissions: Permissions,
    work: (user: { rabbit_userid: string; rabbit_password: string }) => Promise<void>,
  ) {
    const { name, password, drop } = await createTestUser(vhost, permissions)
    await work({ rabbit_userid: name, rabbit_password: password }).finally(drop)
  }
})

test('the clock of a cloud is ahead', async () => {
  const [file, ...args] = programs.ingest
  const ingest = startProcess(file, args, environment)
  await ingest.printed(/"consuming"/)
  const ahead = {
    event_type: 'compute.instance.update',
    publisher_id: 'compute.host',
    message_id: 'ahead',
    timestamp: new Date(Date.now() + 5.5 * 60_000).toISOString(),
    payload: { instance_id: 'ahead' },
  }
  await publish(vhost, [
    { exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from(JSON.stringify(ahead)) },
  ])
  await ingest.printed(/"notifications are 5 minutes ahead of this machine's clock: check NTP here and in the cloud"/)
  expect(await ingest.stop()).toBe(0)
})

test.each(['ingest', 'jobs'] as const)(
  '%s stops while Redis is unavailable and a wake-up is pending',
  async (program) => {
    await publish(vhost, [
      { exchange: 'nova', routing_key: 'notifications.info', body: rejectedNotification(program.length) },
    ])
    const withoutRedis = { ...environment, REDIS_URL: 'redis://127.0.0.1:1' }
    const [file, ...args] = programs.ingest
    const ingest = startProcess(file, args, withoutRedis)
    await ingest.printed(/"stored"/)
    const stopped =
      program === 'ingest' ? ingest : startProcess(programs[program][0], programs[program].slice(1), withoutRedis)
    await stopped.printed(/"started"/)
    // Long enough for one check of the backlog.
    await setTimeout(500)
    expect(await stopped.stop()).toBe(0)
    expect(stopped.output()).not.toContain('did not stop')
    await ingest.stop()
  },
)

describe('the deployments file', () => {
  test.each([
    ['does not exist', null, 'file not found'],
    ['is not JSON', '{ "deployments": [,] }', 'is not JSON: find the fault with jq .'],
    [
      'is invalid',
      '{ "deployments": [{ "topics": { "nova": [{ "queue": "q", "routing_key": "k" }] } }] }',
      /deployments\.0\.name: .*/,
    ],
  ])('%s', async (name, content, reason) => {
    const file = join(folder, `${name}.json`)
    if (content !== null) await writeFile(file, content)
    const prefix = `STACKTACH_DEPLOYMENTS_FILE ${file}: `
    const line = typeof reason === 'string' ? prefix + reason : new RegExp(`^${prefix}${reason.source}$`)
    await expectMessages({ STACKTACH_DEPLOYMENTS_FILE: file }, all(['ingest', 'status'], 2, line))
  })

  test('has no deployment', async () => {
    const file = join(folder, 'none.json')
    await writeFile(file, '{ "deployments": [] }')
    await expectMessages({ STACKTACH_DEPLOYMENTS_FILE: file }, [
      ['ingest', 'keeps running', 'no deployment is enabled: nothing is consumed'],
    ])
  })
})

test('the port of the api or of the metrics is in use', async () => {
  const server = createServer()
  const port = await listen(server)
  await expectMessages({ API_PORT: String(port) }, [
    [
      'api',
      1,
      `API_PORT ${port} is already in use on 127.0.0.1: set another port, or stop the program that listens there`,
    ],
  ])
  const inUse = `METRICS_PORT ${port} is already in use on 127.0.0.1: set another port, or stop the program that listens there`
  await expectMessages({ METRICS_PORT: String(port) }, [
    ['ingest', 1, inUse],
    ['jobs', 1, inUse],
    ['api', 1, inUse],
  ])
  await new Promise((resolve) => server.close(resolve))
})
