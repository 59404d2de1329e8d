import { createServer } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { detour, publish, startProcess, type TestProcess } from '@stacktach/testing'
import { type Pipeline, stackyProgram, startPipeline } from './pipeline.ts'
import { hoursAgo, simulate } from './simulate.ts'
import { until } from './until.ts'

const deployments = ['east', 'west']
const today = new Date().toISOString().slice(0, 10)

let pipeline: Pipeline
let url: string
const one = { instance: '', image: '', request: '', tenant: '', notification: '', imageNotification: '', report: '' }

beforeAll(async () => {
  pipeline = await startPipeline(deployments)
  await pipeline.start('ingest')
  await pipeline.start('jobs')
  const options = { seed: 'stacky', deployments, operations: 60, failures: 0.3 }
  const { notifications } = await simulate(pipeline, hoursAgo(3), 3, options)
  await pipeline.settled(notifications)
  await pipeline.run('report', 'run', 'image-events-audit', '--at', today, '--in-progress', '--wait')
  const api = await pipeline.start('api')
  url = (await api.printed(/"url":"([^"]+)"/))[1] ?? ''
  const { pool } = pipeline.database
  const text = async (sql: string) => String((await pool.query(`${sql} limit 1`)).rows[0]?.text)
  const failed = `from notification_nova where event = 'compute.instance.create.error' and request_id is not null`
  one.instance = await text(`select instance as text ${failed}`)
  one.request = await text(`select request_id as text ${failed}`)
  one.notification = await text(`select id as text ${failed}`)
  one.tenant = await text(`select tenant as text from notification_nova where event = 'compute.instance.create.end'`)
  one.image = await text(`select uuid as text from notification_glance where event = 'image.upload'`)
  one.imageNotification = await text(`select id as text from notification_glance where event = 'image.upload'`)
  one.report = await text('select id as text from report')
})

afterAll(() => pipeline.stop())

const stacky = (...args: string[]) => pipeline.stacky(args, { STACKTACH_URL: url })

/** What the api says. */
async function answered(path: string): Promise<string> {
  const response = await fetch(new URL(`/stacky/${path}`, url))
  expect({ path, status: response.status }).toEqual({ path, status: 200 })
  return response.text()
}

const cells = (rows: unknown, nothing: string): unknown[] =>
  Array.isArray(rows)
    ? rows.map((row: unknown) => (Array.isArray(row) ? row.map((cell) => String(cell ?? nothing).trim()) : row))
    : []

/** Rows of a printed table; no cell of a real notification has a bar. */
const printedRows = (output: string) =>
  output
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim()),
    )

describe('every command shows what the api answers', () => {
  test.each<[string, () => string, () => string, number]>([
    ['deployments', () => 'deployments', () => 'deployments', 3],
    ['events', () => 'events', () => 'events', 10],
    ['events of glance', () => 'events --service glance', () => 'events?service=glance', 4],
    ['hosts', () => 'hosts', () => 'hosts', 3],
    ['request', () => `request ${one.request} --limit 2`, () => `request?request_id=${one.request}&limit=2`, 3],
    [
      'search',
      () => 'search event compute.instance.create.error 2',
      () => 'search?field=event&value=compute.instance.create.error&limit=2',
      3,
    ],
    [
      'search in full',
      () => 'search nova deployment_id 1 3 2020-01-01 2090-01-01',
      () => 'search?field=deployment&value=1&limit=3&when_min=1577836800&when_max=3786912000',
      4,
    ],
    [
      'search by options',
      () => 'search event__startswith image. --service glance --limit 3 --offset 1',
      () => 'search?service=glance&field=event__startswith&value=image.&limit=3&offset=1',
      4,
    ],
    ['timings', () => 'timings compute.instance.create', () => 'timings?name=compute.instance.create', 5],
    [
      'timings until a time',
      () => 'timings compute.instance.create.end --to 2020-01-01',
      () => 'timings?name=compute.instance.create&end_when_max=1577836800',
      1,
    ],
    ['timings of an instance', () => `timings --uuid ${one.instance}`, () => `timings/uuid?uuid=${one.instance}`, 2],
    ['summary', () => 'summary --limit all', () => 'summary?limit=all', 5],
    ['kpi', () => 'kpi', () => 'kpi', 5],
    ['kpi of a tenant', () => `kpi ${one.tenant}`, () => `kpi/${one.tenant}`, 2],
    ['usage launches', () => 'usage launches', () => 'usage/launches', 5],
    ['usage deletes', () => 'usage deletes --limit 2', () => 'usage/deletes?limit=2', 3],
    ['usage exists', () => 'usage exists', () => 'usage/exists', 2],
    ['usage of one', () => `usage launches ${one.instance}`, () => `usage/launches?instance=${one.instance}`, 1],
    ['reports sought', () => `reports --id ${one.report}`, () => `reports/search?id=${one.report}`, 2],
  ])('%s', async (_, command, path, atLeast) => {
    const args = command().split(' ')
    const text = await answered(path())
    const rows: unknown = JSON.parse(text)
    expect(rows).toHaveProperty('length')
    expect(Array.isArray(rows) ? rows.length : 0).toBeGreaterThanOrEqual(atLeast)
    expect(await stacky(...args, '--json')).toEqual({ code: 0, output: `${text}\n` })
    const shown = await stacky(...args)
    expect(shown.code).toBe(0)
    if (atLeast === 1) expect(shown.output).toMatch(/^(No results\n|\+-)/)
    else expect(printedRows(shown.output)).toEqual(cells(rows, 'None'))
  })

  test.each(['deployments', 'kpi', 'usage launches'])('%s, as CSV', async (command) => {
    const rows: unknown[][] = JSON.parse(await answered(command.replace(' ', '/')))
    // None of these cells needs quotes.
    const lines = rows.map((row) => row.map((cell) => cell ?? '').join(','))
    expect(await stacky(...command.split(' '), '--csv')).toEqual({ code: 0, output: `${lines.join('\n')}\n` })
  })

  test('uuid: the notifications of an instance, and its timings', async () => {
    const notifications = await answered(`uuid?uuid=${one.instance}`)
    const timings = await answered(`timings/uuid?uuid=${one.instance}`)
    const { code, output } = await stacky('uuid', one.instance)
    expect(code).toBe(0)
    expect(output.split('\n')[0]).toBe(`Events related to ${one.instance}`)
    expect(printedRows(output)).toEqual([
      ...cells(JSON.parse(notifications), 'None'),
      ...cells(JSON.parse(timings), 'None'),
    ])
    expect(await stacky('uuid', one.instance, '--json')).toEqual({
      code: 0,
      output: `{"notifications":${notifications},"timings":${timings}}\n`,
    })
  })

  test('uuid: the notifications of an image, which has no timings', async () => {
    const notifications = await answered(`uuid?service=glance&uuid=${one.image}`)
    const { code, output } = await stacky('uuid', 'glance', one.image)
    expect({ code, rows: printedRows(output) }).toEqual({ code: 0, rows: cells(JSON.parse(notifications), 'None') })
    expect((await stacky('uuid', one.image, '--service', 'glance', '--json')).output).toBe(
      `{"notifications":${notifications},"timings":null}\n`,
    )
  })

  test('show: keys and values, the notification, what is related', async () => {
    const [keys, json, uuid] = JSON.parse(await answered(`show/${one.notification}`))
    const { code, output } = await stacky('show', one.notification)
    expect(code).toBe(0)
    expect(printedRows(output)).toEqual([
      ...cells(keys, 'None'),
      ...cells(JSON.parse(await answered(`uuid?uuid=${uuid}`)), 'None'),
    ])
    expect(output).toContain(`+\n${json}\nEvents related to ${uuid}\n+`)
    const image = await stacky('show', 'glance', one.imageNotification)
    expect(image).toMatchObject({ code: 0, output: expect.stringMatching(/\| +Status +\|/) })
    expect(image.output).toContain('Events related to ')
  })

  test('reports: of a time, with dates as Stacky shows them; report: one of them', async () => {
    const { code, output } = await stacky('reports', today)
    expect(code).toBe(0)
    expect(output).toContain(`Querying for reports created from ${today} 00:00:00 to `)
    expect(output).toMatch(/\| +\w{3} \d\d 00:00 +\| +\w{3} \d\d 00:00 +\| \w{3} \w{3} \d\d \| image events audit \|/)
    expect((await stacky('reports', '2020-02-28', '00:00', '2020-02-28', '06:00')).output).toBe(
      'Querying for reports created from 2020-02-28 00:00:00 to 2020-02-28 06:00:00\nNo results\n',
    )
    const report: object = JSON.parse(await answered(`report/${one.report}`))
    expect(printedRows((await stacky('report', one.report)).output)).toEqual([
      ['Key', 'Value'],
      ...cells(Object.entries(report), 'None'),
    ])
  })
})

describe('watch', () => {
  const watching: TestProcess[] = []

  afterEach(async () => {
    for (const process of watching.splice(0)) await process.stop('SIGKILL')
  })

  function watch(server: string, ...args: string[]): TestProcess {
    const process = startProcess(stackyProgram, ['watch', ...args], { STACKTACH_URL: server })
    watching.push(process)
    return process
  }

  /** Accepts two connections at the port of a URL, and closes them at once. */
  async function refuseTwoConnections(server: string): Promise<void> {
    let connections = 0
    const refusing = createServer((socket) => {
      connections++
      socket.destroy()
    })
    await new Promise<void>((resolve) => refusing.listen(Number(new URL(server).port), '127.0.0.1', resolve))
    await until(() => connections >= 2, 20_000, 'two connections')
    await new Promise((resolve) => refusing.close(resolve))
  }

  /** A nova notification of a moment that a look has not passed yet. */
  const notification = (instance_id: string) => ({
    exchange: 'nova',
    routing_key: 'notifications.error',
    body: Buffer.from(
      JSON.stringify({
        event_type: 'compute.instance.watched',
        publisher_id: 'compute.host',
        message_id: instance_id,
        timestamp: new Date(Date.now() + 2000).toISOString(),
        payload: { instance_id },
      }),
    ),
  })

  test('goes on while the server is away, tells it once, and ends with Ctrl-C', async () => {
    const server = await detour(url)
    await server.open()
    const watching = watch(server.url, 'all', 'nova', 'compute.instance.watched', '1')
    await watching.printed(/Polling every 1 seconds/)
    await publish(pipeline.vhost, [notification('before')])
    await watching.printed(/\|E\|[\d:.]+ *\| +east +\| +compute\.instance\.watched +\| +before +\|\n/)
    await server.shut()
    await watching.printed(/; still trying\n/)
    await publish(pipeline.vhost, [notification('meanwhile')])
    await refuseTwoConnections(server.url)
    await server.open()
    await watching.printed(/the server answers again\n[\s\S]*\| +meanwhile +\|\n/)
    expect(await watching.stop('SIGINT')).toBe(0)
    await server.shut()
    expect(watching.output().match(/still trying/g)).toHaveLength(1)
    expect(watching.output().match(/ before /g)).toHaveLength(1)
    expect(watching.output()).toMatch(/^All Deployments\nEvent name: compute\.instance\.watched\n/)
  })

  test('as JSON, a line for each notification', async () => {
    const rows: unknown[][] = JSON.parse(await answered('deployments'))
    const watching = watch(url, String(rows.find(([, name]) => name === 'east')?.[0]), '--json')
    await publish(pipeline.vhost, [notification('lines')])
    const [line] = await watching.printed(/^.*"lines"\]$/m)
    expect(await watching.stop('SIGINT')).toBe(0)
    expect(JSON.parse(line)).toEqual([
      expect.any(Number),
      'E',
      expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d/),
      'east',
      'compute.instance.watched',
      'lines',
    ])
  })

  test('a server that was never there ends it', async () => {
    const server = await detour(url)
    const { code, output } = await pipeline.stacky(['watch'], { STACKTACH_URL: server.url })
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/\nnothing listens at .*\n$/) })
  })
})

describe('what goes wrong is told in a sentence', () => {
  test.each<[string, number, string | RegExp]>([
    ['uuid nonsense', 1, 'nonsense is not uuid-like (400 Bad Request)\n'],
    ['request nonsense', 1, 'nonsense is not request-id-like (400 Bad Request)\n'],
    ['show 999999999', 1, 'There is no nova notification 999999999 (404 Not Found)\n'],
    ['report 999999999', 1, 'There is no report 999999999 (404 Not Found)\n'],
    ['kpi nobody', 1, /^Filtering by Tenant ID: nobody\nCould not find raws for tenant nobody \(404 Not Found\)\n$/],
    ['search nope x', 1, /^[^\n]*nope[^\n]* \(400 Bad Request\)\n$/],
    ['summary --limit -1', 1, /^[^\n]*limit[^\n]* \(400 Bad Request\)\n$/],
    ['show', 2, /^error: missing required argument 'id'\n/],
    ['show nova', 2, 'missing id\n(--help tells how it is used)\n'],
    ['timings', 2, 'give an event name, or --uuid\n(--help tells how it is used)\n'],
    ['usage lunches', 2, /^error: .*'lunches' is invalid.* launches, deletes, exists/],
    ['events --json --csv', 2, /cannot be used with/],
    ['search event x --from yesterday', 2, /^"yesterday" is no time/],
    ['nonsense', 2, /^error: unknown command 'nonsense'\n/],
  ])('%s ends with %s', async (command, code, output) => {
    expect(await stacky(...command.split(' '))).toEqual({
      code,
      output: output instanceof RegExp ? expect.stringMatching(output) : output,
    })
  })

  test('a wrong address is told before anything is asked', async () => {
    expect(await pipeline.stacky(['events'], { STACKTACH_URL: 'localhost:8000' })).toEqual({
      code: 2,
      output: 'STACKTACH_URL must be a URL beginning with http:// or https://, not what it is set to\n',
    })
  })
})

test('a shell completes commands, choices and options', async () => {
  expect((await stacky('complete', '--', 'su')).output).toMatch(/^summary\t/)
  expect((await stacky('complete', '--', 'usage', '')).output).toMatch(/^launches\t\ndeletes\t\nexists\t\n/)
  expect((await stacky('complete', '--', 'uuid', '--service', 'g')).output).toMatch(/^glance\t\ngeneric\t\n/)
  for (const shell of ['bash', 'zsh', 'fish']) expect((await stacky('complete', shell)).output).toContain('stacky')
})
