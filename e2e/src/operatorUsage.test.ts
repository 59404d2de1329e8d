import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { type Pipeline, startPipeline } from './pipeline.ts'

let pipeline: Pipeline
let environment: Record<string, string>

beforeAll(async () => {
  pipeline = await startPipeline(['east'])
  environment = { ...pipeline.environment }
})

afterEach(() => {
  Object.assign(pipeline.environment, environment)
})

afterAll(() => pipeline.stop())

/** Test cases with the command line as their title. */
const cases = (commandLines: string[][]) => commandLines.map((args) => ({ line: args.join(' '), args }))

const commands = [
  ['status'],
  ['exists', 'summary'],
  ['exists', 'list'],
  ['rejected', 'list'],
  ['rejected', 'show', '1'],
  ['rejected', 'drop', '1'],
  ['rejected', 'replay', '--all'],
]

test.each(cases(commands))('$line fails with one sentence when the database is unavailable', async ({ args }) => {
  pipeline.environment.DATABASE_URL = 'postgres://127.0.0.1:1/none'
  const { code, output } = await pipeline.run(...args)
  expect({ code, output }).toEqual({
    code: 1,
    output: expect.stringMatching(/^the database in DATABASE_URL does not answer: [^\n]*\n$/),
  })
})

test('a command on a database with an old schema reports how to migrate it', async () => {
  await pipeline.database.pool.query('alter table rejected_message rename to renamed')
  const result = await pipeline.run('rejected', 'list')
  await pipeline.database.pool.query('alter table renamed rename to rejected_message')
  expect(result).toEqual({
    code: 1,
    output: expect.stringMatching(/^the database schema is out of date: run `npm run migrate`[^\n]*\n$/),
  })
})

test('commands that need Redis report that it is unavailable; status works without it', async () => {
  pipeline.environment.REDIS_URL = 'redis://127.0.0.1:1'
  const unavailable = /^Redis at REDIS_URL does not answer: [^\n]*\n/
  for (const args of [
    ['jobs', 'list'],
    ['jobs', 'retry', '--all'],
    ['rejected', 'replay', '--all'],
  ]) {
    expect(await pipeline.run(...args)).toEqual({ code: 1, output: expect.stringMatching(unavailable) })
  }
  expect(await pipeline.run('status')).toEqual({ code: 0, output: expect.stringMatching(/Redis at REDIS_URL does/) })
})

test.each(
  cases([
    ['rejected', 'show', 'one'],
    ['rejected', 'replay'],
    ['rejected', 'replay', '1', '--all'],
    ['rejected', 'list', '--limit', '0'],
    ['exists', 'list', '--status', 'good'],
    ['exists', 'list', '--from', 'yesterday'],
    ['exists', 'verify', '--from', '2026-11-21', '--to', '2026-11-20'],
    ['jobs', 'retry'],
    ['jobs', 'frobnicate'],
  ]),
)('$line is a usage error: exit code 2', async ({ args }) => {
  const { code, output } = await pipeline.run(...args)
  expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('use --help for usage') })
})

test.each(cases([...commands, ['jobs', 'list'], ['jobs', 'retry'], ['jobs'], ['exists'], ['rejected']]))(
  '$line --help prints the usage',
  async ({ args }) => {
    const { code, output } = await pipeline.run(...args, '--help')
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^Usage: stacktach /) })
  },
)
