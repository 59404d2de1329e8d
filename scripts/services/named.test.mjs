import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { defaultManagementUrl, namedServers, probeNamed, requireNamed, withoutPassword } from './named.mjs'
import { ServicesError } from './report.mjs'

/** @type {import('node:net').Server[]} */
const servers = []

afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve))
})

/**
 * Starts a server on a free port.
 * @param {import('node:net').Server} server
 * @returns {Promise<number>} the port
 */
function listen(server) {
  servers.push(server)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

/**
 * A server that answers each message with the next of the given answers.
 * @param {...(string | Buffer)} answers
 */
function answering(...answers) {
  return listen(
    createServer((socket) => {
      const remaining = [...answers]
      socket.on('error', () => {})
      socket.on('data', () => {
        const answer = remaining.shift()
        if (answer !== undefined) socket.write(answer)
      })
    }),
  )
}

describe('namedServers', () => {
  const own = {
    DATABASE_URL: 'postgres://stacktach:x@127.0.0.1:21000/stacktach',
    REDIS_URL: 'redis://127.0.0.1:21001',
    AMQP_URL: 'amqp://guest:guest@127.0.0.1:21002',
    AMQP_MANAGEMENT_URL: 'http://guest:guest@127.0.0.1:21003',
  }

  test('names nothing in an environment without the variables, with empty ones, or with our own servers', () => {
    expect(namedServers({ PATH: '/bin' }, {})).toEqual({})
    expect(namedServers({ DATABASE_URL: '', AMQP_URL: '' }, own)).toEqual({})
    expect(namedServers(own, own)).toEqual({})
  })

  test('names what differs from our own servers', () => {
    const DATABASE_URL = 'postgres://db/stacktach'
    expect(namedServers({ ...own, DATABASE_URL }, own)).toEqual({ DATABASE_URL })
  })

  test('names a management plugin only together with its broker', () => {
    const named = { AMQP_URL: 'amqp://broker', AMQP_MANAGEMENT_URL: 'http://broker:15672' }
    expect(namedServers(named, own)).toEqual(named)
    expect(namedServers({ AMQP_MANAGEMENT_URL: named.AMQP_MANAGEMENT_URL }, own)).toEqual({})
    expect(namedServers({ ...own, AMQP_URL: named.AMQP_URL }, own)).toEqual({ AMQP_URL: named.AMQP_URL })
  })
})

describe('addresses', () => {
  test.each([
    ['amqp://user:secret@broker:5672/vhost', 'http://user:secret@broker:15672'],
    ['amqps://broker', 'http://guest:guest@broker:15672'],
  ])('the management plugin of %s', (amqpUrl, managementUrl) => {
    expect(defaultManagementUrl(amqpUrl)).toBe(managementUrl)
  })

  test.each([
    ['postgres://user:secret@db:5432/stacktach', 'postgres://user@db:5432/stacktach'],
    ['redis://:secret@cache/', 'redis://cache'],
    ['user:secret@db', 'not a URL'],
    ['secret', 'not a URL'],
  ])('%s is printed without its password', (address, printed) => {
    expect(withoutPassword(address)).not.toContain('secret')
    expect(withoutPassword(address)).toMatch(printed)
  })
})

describe('probeNamed', () => {
  test.each([
    ['DATABASE_URL', 'localhost', 'not a URL'],
    ['DATABASE_URL', 'mysql://localhost/stacktach', 'does not begin with postgres://'],
    ['REDIS_URL', 'http://localhost', 'does not begin with redis://'],
    ['AMQP_URL', 'localhost:5672', 'does not begin with amqp://'],
    ['AMQP_MANAGEMENT_URL', 'amqp://localhost', 'does not begin with http://'],
    ['AMQP_MANAGEMENT_URL', '', 'not a URL'],
  ])('%s=%s: %s', async (variable, address, problem) => {
    expect(await probeNamed(variable, address)).toBe(problem)
  })

  test.each([
    ['DATABASE_URL', 'postgres'],
    ['REDIS_URL', 'redis'],
    ['AMQP_URL', 'amqp'],
    ['AMQP_MANAGEMENT_URL', 'http'],
  ])('%s of a closed port: the connection is refused', async (variable, protocol) => {
    expect(await probeNamed(variable, `${protocol}://127.0.0.1:1`)).toMatch(/ECONNREFUSED/)
  })

  test.each([
    ['REDIS_URL', 'redis', ['+PONG\r\n'], ''],
    ['REDIS_URL', 'redis', ['-NOAUTH Authentication required.\r\n'], 'NOAUTH Authentication required.'],
    ['REDIS_URL', 'redis', ['HTTP/1.1 400 Bad Request\r\n'], 'HTTP/1.1 400 Bad Request'],
    ['DATABASE_URL', 'postgres', ['S'], ''],
    ['DATABASE_URL', 'postgres', ['N', 'R'], ''],
    ['DATABASE_URL', 'postgres', ['N', 'ESFATAL\0C57P03\0'], 'the server is starting or stopping'],
    ['DATABASE_URL', 'postgres', ['-ERR unknown command\r\n'], 'not a PostgreSQL server'],
    ['AMQP_URL', 'amqp', [Buffer.from([1, 0, 0])], ''],
    ['AMQP_URL', 'amqp', ['AMQP\0\0\0\0'], 'not an AMQP 0-9-1 server'],
  ])('%s: %s server that answers %j', async (variable, protocol, answers, problem) => {
    const port = await answering(...answers)
    expect(await probeNamed(variable, `${protocol}://127.0.0.1:${port}`)).toBe(problem)
  })

  test('a server that accepts the connection and never answers', async () => {
    const port = await answering()
    expect(await probeNamed('REDIS_URL', `redis://127.0.0.1:${port}`)).toBe('timed out')
  })

  test('a server that closes the connection', async () => {
    const port = await listen(createServer((socket) => socket.destroy()))
    expect(await probeNamed('AMQP_URL', `amqp://127.0.0.1:${port}`)).toMatch(/closed the connection|ECONNRESET|EPIPE/)
  })

  test('a management plugin with its login, and without it', async () => {
    const login = `Basic ${Buffer.from('guest:guest').toString('base64')}`
    const port = await listen(
      createHttpServer(({ url, headers }, response) => {
        response.statusCode = url !== '/api/overview' ? 404 : headers.authorization === login ? 200 : 401
        response.end()
      }),
    )
    expect(await probeNamed('AMQP_MANAGEMENT_URL', `http://guest:guest@127.0.0.1:${port}/`)).toBe('')
    expect(await probeNamed('AMQP_MANAGEMENT_URL', `http://guest:wrong@127.0.0.1:${port}`)).toBe('HTTP status 401')
  })
})

describe('requireNamed', () => {
  test('accepts servers that answer, and no servers', async () => {
    const port = await answering('+PONG\r\n')
    await requireNamed({ REDIS_URL: `redis://127.0.0.1:${port}` })
    await requireNamed({})
  })

  test('names the variable and the problem, and not the password', async () => {
    const failure = requireNamed({ DATABASE_URL: 'postgres://user:secret@127.0.0.1:1/stacktach' })
    await expect(failure).rejects.toThrow(ServicesError)
    await expect(failure).rejects.toThrow(
      'DATABASE_URL is set, but its server does not answer (postgres://user@127.0.0.1:1/stacktach: connect ECONNREFUSED 127.0.0.1:1)',
    )
  })
})
