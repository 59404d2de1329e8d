import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { formatInstant } from '@stacktach/domain'
import { simulateCloud } from '@stacktach/simulator'
import { everyAggregate, startProcess } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'

const cli = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url))

let pipeline: Pipeline
let file: string

beforeEach(async () => {
  pipeline = await startPipeline(['east', 'west'])
  file = join(tmpdir(), `import-${randomBytes(8).toString('hex')}.jsonl`)
})

afterEach(async () => {
  await pipeline.stop()
  await rm(file, { force: true })
  await rm(`${file}.import`, { force: true })
})

/** Notifications of a simulated cloud in both formats, as lines for `stacktach import`. */
function lines(operations: number): string[] {
  const cloud = simulateCloud({ seed: 'import', format: 'both', operations })
  return [...cloud.messages].map(({ deployment, exchange, routingKey, body }) =>
    JSON.stringify({ deployment, exchange, routing_key: routingKey, body }),
  )
}

/** Runs a command with --json and parses its result. */
async function json(...args: string[]): Promise<{ code: number | null; result: unknown }> {
  const { code, output } = await pipeline.run(...args, '--json')
  const line = output.split('\n').find((text) => text.startsWith('{'))
  if (line === undefined) throw new Error(`${args.join(' ')} ended with ${code}: ${output}`)
  return { code, result: JSON.parse(line) }
}

test('an export imported into another database gives the same aggregates; imported again, all are duplicates', async () => {
  const allLines = lines(40)
  await writeFile(file, `${allLines.join('\n')}\n`)
  const counts = { lines: allLines.length, stored: allLines.length, duplicates: 0, rejected: 0, unreadable: 0 }
  expect(await json('import', file)).toEqual({ code: 0, result: counts })
  expect(existsSync(`${file}.import`)).toBe(false)
  expect(await json('import', file)).toEqual({ code: 0, result: { ...counts, stored: 0, duplicates: allLines.length } })
  await pipeline.start('jobs')
  await pipeline.settled(allLines.length)
  const aggregates = await everyAggregate(pipeline.database)

  const { code, output } = await pipeline.run('export')
  expect(code).toBe(0)
  const exported = output.split('\n').filter((line) => line.startsWith('{'))
  expect(exported).toHaveLength(allLines.length)
  const other = await startPipeline(['east', 'west'])
  try {
    await writeFile(file, exported.join('\n'))
    expect((await other.run('import', file)).code).toBe(0)
    await other.start('jobs')
    await other.settled(allLines.length)
    expect(await everyAggregate(other.database)).toEqual(aggregates)
  } finally {
    await other.stop()
  }
})

test('a killed import resumes and stores each message once', async () => {
  const allLines = lines(700)
  await writeFile(file, `${allLines.join('\n')}\n`)
  const first = startProcess(cli, ['import', file], pipeline.environment)
  const offset = async () =>
    Number(/"offset":(\d+)/.exec(await readFile(`${file}.import`, 'utf8').catch(() => ''))?.[1] ?? 0)
  while ((await offset()) === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  await first.stop('SIGKILL')
  expect(await offset()).toBeLessThan(Buffer.byteLength(allLines.join('\n')))
  const { code, result } = await json('import', file)
  expect(code).toBe(0)
  // Duplicates are possible: the position of the last committed batch may not have been saved.
  expect(result).toMatchObject({ lines: allLines.length, rejected: 0, unreadable: 0 })
  const { rows } = await pipeline.database.pool.query<{ count: number }>(
    'select (select count(*) from notification_nova) + (select count(*) from notification_glance) as count',
  )
  expect(rows[0]?.count).toBe(allLines.length)
})

test('lines that are not messages are reported, the others are stored or rejected', async () => {
  const [valid = ''] = lines(1)
  const invalid = JSON.stringify({ deployment: 'east', exchange: 'nova', routing_key: 'k', body: { event_type: 'e' } })
  await writeFile(file, [valid, 'nova is well', '', invalid, valid].join('\n'))
  const { code, output } = await pipeline.run('import', file, '--json')
  expect(code).toBe(1)
  expect(output).toContain('line 2: not valid JSON\n')
  expect(output).toContain('{"lines":5,"stored":1,"duplicates":1,"rejected":1,"unreadable":1}')
  expect(output).toContain('1 of 5 lines are not messages')
  expect((await pipeline.run('import', '/nowhere')).code).toBe(2)
  expect((await pipeline.run('export', '--from', '2026-11-02', '--to', '2026-11-01')).code).toBe(2)
})

test('retention run drops old partitions, retention show reports it, and aggregates are kept', async () => {
  const allLines = lines(40)
  await writeFile(file, allLines.join('\n'))
  await pipeline.run('import', file)
  await pipeline.start('jobs')
  await pipeline.settled(allLines.length)
  const timings = async () =>
    (await pipeline.database.pool.query('select start_when, end_when, name from timing order by 1, 2, 3')).rows
  const before = await timings()
  const partitions = async () =>
    (
      await pipeline.database.pool.query<{ name: string; upper: number }>(
        `select name, upper from notification_partition where service = 'nova' and upper < 1e6 * extract(epoch from now()) order by lower`,
      )
    ).rows
  const old = await partitions()
  expect(old.length).toBeGreaterThan(0)
  expect(await json('retention', 'run')).toEqual({ code: 0, result: { partitions: [], aggregates: {} } })
  const get = await pipeline.api()
  const body = async (path: string) => JSON.stringify((await get(path)).body)
  expect(await body('/stacky/events')).toContain('compute.instance.create.end')
  const { code, result } = await json(
    'retention',
    'run',
    '--service',
    'nova',
    '--before',
    formatInstant(Date.now() * 1000),
  )
  expect(code).toBe(0)
  expect(result).toEqual({ partitions: old.map(({ name }) => name), aggregates: {} })
  expect(await partitions()).toEqual([])
  expect(await timings()).toEqual(before)
  expect(await body('/stacky/events')).toBe('[["Event Name"]]')
  expect(await body('/stacky/summary')).toContain('compute.instance.create')
  const state = await json('retention', 'show')
  expect(state).toMatchObject({ result: { kept_since: { nova: formatInstant(Number(old.at(-1)?.upper)) } } })
  expect((await json('import', file)).result).toMatchObject({ stored: 0 })
  expect((await pipeline.run('retention', 'run', '--before', '2100-01-01')).code).toBe(2)
})
