import { createServer, type RequestListener } from 'node:http'
import { afterEach, expect, test } from '@jest/globals'
import { table } from './answers.ts'
import { Client } from './client.ts'
import { clientConfig } from './config.ts'
import { AskError } from './failure.ts'

const closing: (() => void)[] = []
afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** Address of a server that answers everything so. */
async function serving(answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return `http://127.0.0.1:${address.port}`
}

const page = (status: number, body: string) => serving((_, response) => response.writeHead(status).end(body))

/** What goes wrong when it is asked. */
async function failure(url: string, seconds = 5): Promise<{ message: string; passing: boolean }> {
  const client = new Client(clientConfig({ STACKTACH_URL: url, STACKTACH_TOKEN: 'hush' }), seconds)
  try {
    await client.ask(['events'], {}, table)
  } catch (error) {
    if (!(error instanceof AskError)) throw error
    expect(error.message).not.toMatch(/\n|hush/)
    return { message: error.message.replaceAll(url, 'URL'), passing: error.passing }
  }
  throw new Error('no failure')
}

test('asks by path and parameters, leaves out what is not given, and says who asks', async () => {
  const asked: unknown[] = []
  const url = await serving(({ url, headers }, response) => {
    asked.push([url, headers.authorization])
    response.end('[["a"],[1]]\n')
  })
  const client = new Client(clientConfig({ STACKTACH_URL: url, STACKTACH_TOKEN: 'hush' }), 5)
  const parameters = { name: 'a b&c', limit: undefined }
  expect(await client.ask(['kpi', '../x?'], parameters, table)).toEqual({ text: '[["a"],[1]]', value: [['a'], [1]] })
  expect(asked).toEqual([['/stacky/kpi/..%2Fx%3F/?name=a+b%26c', 'Bearer hush']])
})

test.each([
  [
    "an error of the server's",
    400,
    '[["Error","Message"],["Bad Request","x is not uuid-like"]]',
    'x is not uuid-like (400 Bad Request)',
    false,
  ],
  [
    'a database that is away',
    503,
    '[["Error","Message"],["Service Unavailable","no database"]]',
    'no database (503 Service Unavailable)',
    true,
  ],
  [
    'a page of a proxy',
    502,
    '<html><TITLE>Bad\nGateway</TITLE>',
    'URL/stacky/events/ answers 502 Bad Gateway, a page called "Bad Gateway"',
    true,
  ],
  [
    'a path that is not there',
    404,
    '<h1>Not Found</h1>',
    'URL/stacky/events/ answers 404 Not Found, a page called "Not Found"; see that STACKTACH_URL is right',
    false,
  ],
  [
    'a token that is missing',
    401,
    '',
    'URL lets nobody in without a good token (401 Unauthorized); set STACKTACH_TOKEN or STACKTACH_TOKEN_FILE to one it knows',
    false,
  ],
  [
    'a page that means to be seen',
    200,
    '<html><title>Log in</title>',
    'URL/stacky/events/ answers a page called "Log in", not JSON; see that STACKTACH_URL is right',
    false,
  ],
  ['text', 200, 'well', 'URL/stacky/events/ answers something else than JSON; see that STACKTACH_URL is right', false],
  ['nothing', 200, '', 'URL/stacky/events/ answers nothing: what was asked for is not there', false],
  [
    'JSON of another program',
    200,
    '{"a":1}',
    "URL/stacky/events/ answers JSON of another shape than a StackTach's; see that STACKTACH_URL is right",
    false,
  ],
])('%s is one sentence', async (_, status, body, message, passing) => {
  expect(await failure(await page(status, body))).toEqual({ message, passing })
})

test('a server that is silent', async () => {
  const url = await serving(() => {})
  expect(await failure(url, 0.2)).toEqual({
    message: 'URL did not answer within 0.2 s; --timeout waits longer',
    passing: true,
  })
})

test('a server that breaks off', async () => {
  const url = await serving((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('[[')
    setTimeout(() => response.destroy(), 20)
  })
  expect(await failure(url)).toEqual({
    message: expect.stringMatching(/^URL cannot be reached \(.+\); see that STACKTACH_URL is right$/),
    passing: true,
  })
})

test('no server', async () => {
  const url = await page(200, '')
  for (const close of closing.splice(0)) close()
  expect(await failure(url)).toEqual({
    message: expect.stringMatching(/^nothing listens at URL \(connect ECONNREFUSED .+\); see that the api runs and/),
    passing: true,
  })
})

test('no such host', async () => {
  expect((await failure('http://stacktach.invalid', 60)).message).toMatch(
    /stacktach\.invalid.*; see that STACKTACH_URL/,
  )
})
