import { createServer, type RequestListener } from 'node:http'
import { afterEach, expect, test } from '@jest/globals'
import { tableSchema } from './answers.ts'
import { Client } from './client.ts'
import { clientConfig } from './config.ts'
import { RequestError } from './requestErrors.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** Starts a server and returns its URL. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

const servePage = (status: number, body: string) => serve((_, response) => response.writeHead(status).end(body))

/** The error of a request. */
async function requestError(url: string, seconds = 5): Promise<{ message: string; retryable: boolean }> {
  const client = new Client(clientConfig({ STACKTACH_URL: url, STACKTACH_TOKEN: 'hush' }), seconds)
  try {
    await client.get(['events'], {}, tableSchema)
  } catch (error) {
    if (!(error instanceof RequestError)) throw error
    expect(error.message).not.toMatch(/\n|hush/)
    return { message: error.message.replaceAll(url, 'URL'), retryable: error.retryable }
  }
  throw new Error('the request succeeded')
}

test('sends path, parameters that are set, and credentials', async () => {
  const requests: unknown[] = []
  const url = await serve(({ url, headers }, response) => {
    requests.push([url, headers.authorization])
    response.end('[["a"],[1]]\n')
  })
  const client = new Client(clientConfig({ STACKTACH_URL: url, STACKTACH_TOKEN: 'hush' }), 5)
  const parameters = { name: 'a b&c', limit: undefined }
  expect(await client.get(['kpi', '../x?'], parameters, tableSchema)).toEqual({
    text: '[["a"],[1]]',
    value: [['a'], [1]],
  })
  expect(requests).toEqual([['/stacky/kpi/..%2Fx%3F/?name=a+b%26c', 'Bearer hush']])
})

test.each([
  [
    "the server's error table",
    400,
    '[["Error","Message"],["Bad Request","x is not uuid-like"]]',
    'x is not uuid-like (400 Bad Request)',
    false,
  ],
  [
    'an unavailable database',
    503,
    '[["Error","Message"],["Service Unavailable","no database"]]',
    'no database (503 Service Unavailable)',
    true,
  ],
  [
    "a proxy's page",
    502,
    '<html><TITLE>Bad\nGateway</TITLE>',
    'URL/stacky/events/ returned 502 Bad Gateway, a page titled "Bad Gateway"',
    true,
  ],
  [
    'an unknown path',
    404,
    '<h1>Not Found</h1>',
    'URL/stacky/events/ returned 404 Not Found, a page titled "Not Found"; check STACKTACH_URL',
    false,
  ],
  [
    'a missing token',
    401,
    '',
    'authentication at URL failed (401 Unauthorized); set STACKTACH_TOKEN or STACKTACH_TOKEN_FILE to a valid token',
    false,
  ],
  [
    'a login page',
    200,
    '<html><title>Log in</title>',
    'URL/stacky/events/ returned a page titled "Log in", not JSON; check STACKTACH_URL',
    false,
  ],
  ['text', 200, 'well', 'URL/stacky/events/ returned something other than JSON; check STACKTACH_URL', false],
  ['an empty body', 200, '', 'URL/stacky/events/ returned an empty response: not found', false],
  [
    'JSON of another program',
    200,
    '{"a":1}',
    "URL/stacky/events/ returned JSON that is not StackTach's; check STACKTACH_URL",
    false,
  ],
])('reports %s in one sentence', async (_, status, body, message, retryable) => {
  expect(await requestError(await servePage(status, body))).toEqual({ message, retryable })
})

test('reports a timeout', async () => {
  const url = await serve(() => {})
  expect(await requestError(url, 0.2)).toEqual({
    message: 'URL did not answer within 0.2 s; use --timeout to wait longer',
    retryable: true,
  })
})

test('reports a connection that is cut', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('[[')
    setTimeout(() => response.destroy(), 20)
  })
  expect(await requestError(url)).toEqual({
    message: expect.stringMatching(/^could not connect to URL \(.+\); check STACKTACH_URL$/),
    retryable: true,
  })
})

test('reports a refused connection', async () => {
  const url = await servePage(200, '')
  for (const close of closers.splice(0)) close()
  expect(await requestError(url)).toEqual({
    message: expect.stringMatching(
      /^nothing listens at URL \(connect ECONNREFUSED .+\); check that the API is running and/,
    ),
    retryable: true,
  })
})

test('reports an unknown host', async () => {
  expect((await requestError('http://stacktach.invalid', 60)).message).toMatch(
    /stacktach\.invalid.*; check STACKTACH_URL/,
  )
})
