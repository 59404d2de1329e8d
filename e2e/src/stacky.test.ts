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
const sample = { instance: '', image: '', request: '', tenant: '', notification: '', imageNotification: '', report: '' }

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
  sample.instance = await text(`select instance as text ${failed}`)
  sample.request = await text(`select request_id as text ${failed}`)
  sample.notification = await text(`select id as text ${failed}`)
  sample.tenant = await text(`select tenant as text from notification_nova where event = 'compute.instance.create.end'`)
  sample.image = await text(`select uuid as text from notification_glance where event = 'image.upload'`)
  sample.imageNotification = await text(`select id as text from notification_glance where event = 'image.upload'`)
  sample.report = await text('select id as text from report')
})

afterAll(() => pipeline.stop())

const stacky = (...args: string[]) => pipeline.stacky(args, { STACKTACH_URL: url })

/** The API's response to a path, as text. */
async function apiAnswer(path: string): Promise<string> {
  const response = await fetch(new URL(`/stacky/${path}`, url))
  expect({ path, status: response.status }).toEqual({ path, status: 200 })
  return response.text()
}

const cells = (rows: unknown, nullText: string): unknown[] =>
  Array.isArray(rows)
    ? rows.map((row: unknown) => (Array.isArray(row) ? row.map((cell) => String(cell ?? nullText).trim()) : row))
    : []

/** Rows of a printed table; no cell of these notifications contains `|`. */
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

describe("every command prints the API's answer", () => {
  test.each<[string, () => string, () => string, number]>([
    ['deployments', () => 'deployments', () => 'deployments', 3],
    ['events', () => 'events', () => 'events', 10],
    ['events of glance', () => 'events --service glance', () => 'events?service=glance', 4],
    ['hosts', () => 'hosts', () => 'hosts', 3],
    ['request', () => `request ${sample.request} --limit 2`, () => `request?request_id=${sample.request}&limit=2`, 3],
    [
      'search',
      () => 'search event compute.instance.create.error 2',
      () => 'search?field=event&value=compute.instance.create.error&limit=2',
      3,
    ],
    [
      'search with all arguments',
      () => 'search nova deployment_id 1 3 2020-01-01 2090-01-01',
      () => 'search?field=deployment&value=1&limit=3&when_min=1577836800&when_max=3786912000',
      4,
    ],
    [
      'search with options',
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
    [
      'timings of an instance',
      () => `timings --uuid ${sample.instance}`,
      () => `timings/uuid?uuid=${sample.instance}`,
      2,
    ],
    ['summary', () => 'summary --limit all', () => 'summary?limit=all', 5],
    ['kpi', () => 'kpi', () => 'kpi', 5],
    ['kpi of a tenant', () => `kpi ${sample.tenant}`, () => `kpi/${sample.tenant}`, 2],
    ['usage launches', () => 'usage launches', () => 'usage/launches', 5],
    ['usage deletes', () => 'usage deletes --limit 2', () => 'usage/deletes?limit=2', 3],
    ['usage exists', () => 'usage exists', () => 'usage/exists', 2],
    [
      'usage of an instance',
      () => `usage launches ${sample.instance}`,
      () => `usage/launches?instance=${sample.instance}`,
      1,
    ],
    ['reports search', () => `reports --id ${sample.report}`, () => `reports/search?id=${sample.report}`, 2],
  ])('%s', async (_, command, path, atLeast) => {
    const args = command().split(' ')
    const text = await apiAnswer(path())
    const rows: unknown = JSON.parse(text)
    expect(rows).toHaveProperty('length')
    expect(Array.isArray(rows) ? rows.length : 0).toBeGreaterThanOrEqual(atLeast)
    expect(await stacky(...args, '--json')).toEqual({ code: 0, output: `${text}\n` })
    const printed = await stacky(...args)
    expect(printed.code).toBe(0)
    if (atLeast === 1) expect(printed.output).toMatch(/^(No results\n|\+-)/)
    else expect(printedRows(printed.output)).toEqual(cells(rows, 'None'))
  })

  test.each(['deployments', 'kpi', 'usage launches'])('%s, as CSV', async (command) => {
    const rows: unknown[][] = JSON.parse(await apiAnswer(command.replace(' ', '/')))
    // None of these cells needs quotes.
    const lines = rows.map((row) => row.map((cell) => cell ?? '').join(','))
    expect(await stacky(...command.split(' '), '--csv')).toEqual({ code: 0, output: `${lines.join('\n')}\n` })
  })

  test('uuid prints the notifications and timings of an instance', async () => {
    const notifications = await apiAnswer(`uuid?uuid=${sample.instance}`)
    const timings = await apiAnswer(`timings/uuid?uuid=${sample.instance}`)
    const { code, output } = await stacky('uuid', sample.instance)
    expect(code).toBe(0)
    expect(output.split('\n')[0]).toBe(`Events related to ${sample.instance}`)
    expect(printedRows(output)).toEqual([
      ...cells(JSON.parse(notifications), 'None'),
      ...cells(JSON.parse(timings), 'None'),
    ])
    expect(await stacky('uuid', sample.instance, '--json')).toEqual({
      code: 0,
      output: `{"notifications":${notifications},"timings":${timings}}\n`,
    })
  })

  test('uuid prints the notifications of an image, which has no timings', async () => {
    const notifications = await apiAnswer(`uuid?service=glance&uuid=${sample.image}`)
    const { code, output } = await stacky('uuid', 'glance', sample.image)
    expect({ code, rows: printedRows(output) }).toEqual({ code: 0, rows: cells(JSON.parse(notifications), 'None') })
    expect((await stacky('uuid', sample.image, '--service', 'glance', '--json')).output).toBe(
      `{"notifications":${notifications},"timings":null}\n`,
    )
  })

  test('show prints keys and values, the notification and related notifications', async () => {
    const [keys, json, uuid] = JSON.parse(await apiAnswer(`show/${sample.notification}`))
    const { code, output } = await stacky('show', sample.notification)
    expect(code).toBe(0)
    expect(printedRows(output)).toEqual([
      ...cells(keys, 'None'),
      ...cells(JSON.parse(await apiAnswer(`uuid?uuid=${uuid}`)), 'None'),
    ])
    expect(output).toContain(`+\n${json}\nEvents related to ${uuid}\n+`)
    const image = await stacky('show', 'glance', sample.imageNotification)
    expect(image).toMatchObject({ code: 0, output: expect.stringMatching(/\| +Status +\|/) })
    expect(image.output).toContain('Events related to ')
  })

  test('reports prints dates as Stacky does; report prints one report', async () => {
    const { code, output } = await stacky('reports', today)
    expect(code).toBe(0)
    expect(output).toContain(`Querying for reports created from ${today} 00:00:00 to `)
    expect(output).toMatch(/\| +\w{3} \d\d 00:00 +\| +\w{3} \d\d 00:00 +\| \w{3} \w{3} \d\d \| image events audit \|/)
    expect((await stacky('reports', '2020-02-28', '00:00', '2020-02-28', '06:00')).output).toBe(
      'Querying for reports created from 2020-02-28 00:00:00 to 2020-02-28 06:00:00\nNo results\n',
    )
    const report: object = JSON.parse(await apiAnswer(`report/${sample.report}`))
    expect(printedRows((await stacky('report', sample.report)).output)).toEqual([
      ['Key', 'Value'],
      ...cells(Object.entries(report), 'None'),
    ])
  })
})

describe('watch', () => {
  const clients: TestProcess[] = []

  afterEach(async () => {
    for (const process of clients.splice(0)) await process.stop('SIGKILL')
  })

  function watch(server: string, ...args: string[]): TestProcess {
    const process = startProcess(stackyProgram, ['watch', ...args], { STACKTACH_URL: server })
    clients.push(process)
    return process
  }

  /** Accepts two connections at the port of a URL and closes them immediately. */
  async function closeTwoConnections(server: string): Promise<void> {
    let connections = 0
    const closingServer = createServer((socket) => {
      connections++
      socket.destroy()
    })
    await new Promise<void>((resolve) => closingServer.listen(Number(new URL(server).port), '127.0.0.1', resolve))
    await until(() => connections >= 2, 20_000, 'two connections')
    await new Promise((resolve) => closingServer.close(resolve))
  }

  /** A nova notification with a timestamp that `watch` has not passed yet. */
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

  test('continues while the server is unavailable, reports that once, and ends with Ctrl-C', async () => {
    const proxy = await detour(url)
    await proxy.open()
    const client = watch(proxy.url, 'all', 'nova', 'compute.instance.watched', '1')
    await client.printed(/Polling every 1 seconds/)
    await publish(pipeline.vhost, [notification('before')])
    await client.printed(/\|E\|[\d:.]+ *\| +east +\| +compute\.instance\.watched +\| +before +\|\n/)
    await proxy.shut()
    await client.printed(/; retrying\n/)
    await publish(pipeline.vhost, [notification('meanwhile')])
    await closeTwoConnections(proxy.url)
    await proxy.open()
    await client.printed(/the server is available again\n[\s\S]*\| +meanwhile +\|\n/)
    expect(await client.stop('SIGINT')).toBe(0)
    await proxy.shut()
    expect(client.output().match(/; retrying/g)).toHaveLength(1)
    expect(client.output().match(/ before /g)).toHaveLength(1)
    expect(client.output()).toMatch(/^All Deployments\nEvent name: compute\.instance\.watched\n/)
  })

  test('prints one line of JSON per notification', async () => {
    const rows: unknown[][] = JSON.parse(await apiAnswer('deployments'))
    const client = watch(url, String(rows.find(([, name]) => name === 'east')?.[0]), '--json')
    await publish(pipeline.vhost, [notification('lines')])
    const [line] = await client.printed(/^.*"lines"\]$/m)
    expect(await client.stop('SIGINT')).toBe(0)
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

  test('--follow prints the same lines, and continues after an interruption without losing any', async () => {
    const proxy = await detour(url)
    await proxy.open()
    const client = watch(proxy.url, 'all', 'compute.instance.watched', '--follow')
    const polling = watch(url, 'all', 'compute.instance.watched', '1')
    await Promise.all([client.printed(/Following new notifications/), polling.printed(/Polling every 1 seconds/)])
    await publish(pipeline.vhost, [notification('followed')])
    const line = /^\|.*\| +followed +\|$/m
    const [[followed], [polled]] = await Promise.all([client.printed(line), polling.printed(line)])
    expect(followed).toBe(polled)
    await proxy.shut()
    await client.printed(/; connecting again\n[\s\S]*; retrying\n/)
    const missed = Array.from({ length: 50 }, (_, index) => `missed-${index}`)
    await publish(pipeline.vhost, missed.map(notification))
    await proxy.open()
    await client.printed(/ missed-49 /)
    await publish(pipeline.vhost, [notification('afterwards')])
    await client.printed(/ afterwards /)
    expect(await client.stop('SIGINT')).toBe(0)
    await proxy.shut()
    const subjects = [...client.output().matchAll(/\| +(followed|missed-\d+|afterwards) +\|$/gm)].map(
      ([, name]) => name,
    )
    expect(subjects.sort()).toEqual(['followed', ...missed, 'afterwards'].sort())
  })

  test('--follow prints one line of JSON per notification of a deployment', async () => {
    const rows: unknown[][] = JSON.parse(await apiAnswer('deployments'))
    const client = watch(url, String(rows.find(([, name]) => name === 'east')?.[0]), '--json', '--follow')
    const other = watch(url, String(rows.find(([, name]) => name === 'west')?.[0]), '--json', '--follow')
    let published = 0
    // Nothing tells when the clients are connected.
    await until(async () => {
      await publish(pipeline.vhost, [notification(`line-${published++}`)])
      return client.output() !== ''
    })
    const [line] = await client.printed(/^.*"line-\d+"\]$/m)
    expect(JSON.parse(line)).toEqual([
      expect.any(Number),
      'E',
      expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      expect.stringMatching(/^\d\d:\d\d:\d\d/),
      'east',
      'compute.instance.watched',
      expect.stringMatching(/^line-/),
    ])
    expect(other.output()).toBe('')
  })

  test.each([
    [['--follow'], /^nothing listens at .*\n$/],
    [['99999', '--follow'], /^there is no deployment 99999: see `stacky deployments`\n$/],
  ])('%j fails when it cannot begin', async (args, message) => {
    const proxy = await detour(url)
    if (args.length > 1) await proxy.open()
    const { code, output } = await pipeline.stacky(['watch', ...args], { STACKTACH_URL: proxy.url })
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(message) })
    await proxy.shut()
  })

  test('fails when the first request cannot connect', async () => {
    const proxy = await detour(url)
    const { code, output } = await pipeline.stacky(['watch'], { STACKTACH_URL: proxy.url })
    expect({ code, output }).toEqual({ code: 1, output: expect.stringMatching(/\nnothing listens at .*\n$/) })
  })
})

describe('errors are one sentence', () => {
  test.each<[string, number, string | RegExp]>([
    ['uuid nonsense', 1, 'nonsense is not uuid-like (400 Bad Request)\n'],
    ['request nonsense', 1, 'nonsense is not request-id-like (400 Bad Request)\n'],
    ['show 999999999', 1, 'There is no nova notification 999999999 (404 Not Found)\n'],
    ['report 999999999', 1, 'There is no report 999999999 (404 Not Found)\n'],
    ['kpi nobody', 1, /^Filtering by Tenant ID: nobody\nCould not find raws for tenant nobody \(404 Not Found\)\n$/],
    ['search nope x', 1, /^[^\n]*nope[^\n]* \(400 Bad Request\)\n$/],
    ['summary --limit -1', 1, /^[^\n]*limit[^\n]* \(400 Bad Request\)\n$/],
    ['show', 2, /^error: missing required argument 'id'\n/],
    ['show nova', 2, 'missing id\n(use --help for usage)\n'],
    ['timings', 2, 'use either an event name or --uuid\n(use --help for usage)\n'],
    ['usage lunches', 2, /^error: .*'lunches' is invalid.* launches, deletes, exists/],
    ['events --json --csv', 2, /cannot be used with/],
    ['search event x --from yesterday', 2, /^"yesterday" is not a time/],
    ['nonsense', 2, /^error: unknown command 'nonsense'\n/],
  ])('%s ends with %s', async (command, code, output) => {
    expect(await stacky(...command.split(' '))).toEqual({
      code,
      output: output instanceof RegExp ? expect.stringMatching(output) : output,
    })
  })

  test('an invalid address is reported before any request', async () => {
    expect(await pipeline.stacky(['events'], { STACKTACH_URL: 'localhost:8000' })).toEqual({
      code: 2,
      output: 'STACKTACH_URL must be a URL beginning with http:// or https:// (current value hidden)\n',
    })
  })
})

test('completes commands, choices and options in a shell', async () => {
  expect((await stacky('complete', '--', 'su')).output).toMatch(/^summary\t/)
  expect((await stacky('complete', '--', 'usage', '')).output).toMatch(/^launches\t\ndeletes\t\nexists\t\n/)
  expect((await stacky('complete', '--', 'uuid', '--service', 'g')).output).toMatch(/^glance\t\ngeneric\t\n/)
  for (const shell of ['bash', 'zsh', 'fish']) expect((await stacky('complete', shell)).output).toContain('stacky')
})
