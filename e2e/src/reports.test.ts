import { rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DAY, floorTo, formatInstant, HOUR, type Instant, MINUTE, SECOND } from '@stacktach/domain'
import { type ExistsTruth, type OperationTruth, simulateCloud, type Truth } from '@stacktach/simulator'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { PLANTED_SUM, plantRequests, slow } from './plantedRequests.ts'
import { simulate } from './simulate.ts'
import { type Subscriber, subscribe } from './subscriber.ts'
import { allVerified, everySent, novaVerdicts, type Verdicts } from './verdicts.ts'

const deployments = ['east', 'west']

/** A day that is over, of which half is simulated, and half of the day before. */
const day = floorTo(Date.now() * 1000, DAY) - DAY
const dayBefore = day - DAY
const HOURS = 24
const options = {
  seed: 'reports',
  format: 'envelope' as const,
  deployments,
  operations: 300,
  failures: 0.25,
  auditPeriod: DAY,
  imageExists: true,
  usageFaults: 0.3,
}

interface Exists extends ExistsTruth {
  instance: string
  deployment: string
}

let pipeline: Pipeline
let subscriber: Subscriber
let reasons: Verdicts
let truth: Truth
let operations: OperationTruth[]
let exists: Exists[]
const tenantsFile = `/tmp/tenants-${process.pid}.csv`

const within = (instant: Instant | null, start: Instant) =>
  instant !== null && instant >= start && instant < start + DAY
const isFailed = ({ verdict }: Exists) => verdict?.status === 'failed'
const sizeOf = (tenant: string) => (tenant < '8' ? 'small' : 'large')

beforeAll(async () => {
  pipeline = await startPipeline(deployments, { VERIFY_SETTLE_SECONDS: '0' })
  Object.assign(pipeline.environment, { PUBLISH_URL: pipeline.vhost.url })
  subscriber = await subscribe(pipeline.vhost, 'stacktach')
  await pipeline.start('ingest')
  await pipeline.start('jobs')
  const simulated = await simulate(pipeline, day - 12 * HOUR, HOURS, options)
  const planted = await plantRequests(pipeline.vhost, day, 'east')
  await pipeline.settled(simulated.notifications + planted.notifications)
  truth = simulated.truth
  operations = [...truth.operations, ...planted.operations]
  exists = Object.entries(truth.instances).flatMap(([instance, { deployment, exists }]) =>
    exists.map((one) => ({ ...one, instance, deployment })),
  )
  await allVerified(pipeline.database)
  await everySent(pipeline.database)
  reasons = await novaVerdicts(pipeline.database)
  expect(exists.filter(isFailed).length).toBeGreaterThan(5)
  const tenants = [...new Set(Object.values(truth.instances).map(({ tenant }) => tenant))]
  await writeFile(
    tenantsFile,
    `tenant,account_name,billing_account,size\n${tenants.map((tenant) => `${tenant},"Account, ${tenant}",1,${sizeOf(tenant)}`).join('\n')}\n`,
  )
  const imported = await pipeline.run('tenants', 'import', tenantsFile, '--json')
  expect(imported).toEqual({ code: 0, output: `{"imported":${tenants.length}}\n` })
})

afterAll(async () => {
  await subscriber.stop()
  await pipeline.stop()
  await rm(tenantsFile, { force: true })
})

/** Runs a report as an operator does, and holds what the api answers against what is printed. */
async function run(name: string, at: Instant, ...args: string[]) {
  const { code, output } = await pipeline.run(
    'report',
    'run',
    name,
    '--at',
    formatInstant(at),
    '--wait',
    '--json',
    ...args,
  )
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('"id":') })
  return { output, ...JSON.parse(output) }
}

const failureOf = ({ code, stateError, first, last }: OperationTruth) =>
  code !== null ? (code < 500 ? '4xx' : '5xx') : stateError ? 'state' : last - first > 30 * MINUTE ? '> 30' : null

/** Of the day, by what happened in it: nothing was sent in its last second. */
const operationsOf = (start: Instant) => operations.filter(({ first, last }) => last > start && first < start + DAY)

const shown = (duration: number) => {
  const seconds = Math.floor(duration / SECOND)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}s`
}

function summaryOf(counted: OperationTruth[]): unknown[] {
  const groups = new Map<string, OperationTruth[]>()
  for (const operation of counted) {
    const key = JSON.stringify([operation.name ?? 'aux', operation.image, operation.system])
    groups.set(key, [...(groups.get(key) ?? []), operation])
  }
  return [...groups]
    .map(([key, group]): unknown[] => {
      const durations = group.map(({ first, last }) => last - first).sort((a, b) => a - b)
      const at = (index: number) => shown(durations[index] ?? 0)
      const n = group.length
      const failures = ['4xx', '5xx', '> 30', 'state'].map((kind) => group.filter((o) => failureOf(o) === kind).length)
      return [
        ...JSON.parse(key),
        ...[at(0), at(n - 1), at(Math.floor(n / 2)), at(Math.floor(n * 0.97)), n],
        ...failures.flatMap((count) => [count, count / n]),
      ]
    })
    .sort((a, b) => (JSON.stringify(a.slice(0, 3)) < JSON.stringify(b.slice(0, 3)) ? -1 : 1))
}

describe('a day of a simulated cloud, with requests that fail in every way', () => {
  test.each([
    ['', []],
    ['east', ['--region', 'EAST']],
    ['west', ['--deployment', 'west']],
  ])('region summary of %j', async (region, args) => {
    const counted = operationsOf(day).filter(({ deployment }) => region === '' || deployment === region)
    const report = await run('region-summary', day, ...args)
    const [head, header, ...rows] = report.json
    const failed = counted.filter((operation) => failureOf(operation) !== null)
    const count = (kind: string) => counted.filter((operation) => failureOf(operation) === kind).length
    expect(head).toMatchObject({
      total: counted.length,
      failure_grand_total: failed.length,
      '4xx failure count': count('4xx'),
      '5xx failure count': count('5xx'),
      '> 30 failure count': count('> 30'),
      'state failure count': count('state'),
      cells: region === '' ? deployments : [region],
    })
    expect(header).toHaveLength(16)
    expect(rows).toEqual(summaryOf(counted))
    if (region !== '') return
    expect(['4xx', '5xx', '> 30', 'state'].map(count).every((number) => number > 0)).toBe(true)
    expect(report).toMatchObject({
      name: 'summary for region: all',
      version: 4,
      period_end: formatInstant(day + DAY - SECOND),
    })
  })

  test('error details', async () => {
    const { json } = await run('error-details', day)
    const [head, ...objects] = json
    const failed = operationsOf(day).filter((operation) => failureOf(operation) !== null)
    const told = failed.filter((operation) => failureOf(operation) !== '> 30')
    expect(told.length).toBeGreaterThan(10)
    const tally = (keys: string[]) => {
      const counts: Record<string, number> = {}
      for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
      return counts
    }
    expect(head.tenant_issues).toEqual(tally(failed.map(({ tenant }) => tenant)))
    expect(head.codes).toEqual(tally(told.flatMap(({ code }) => (code === null ? [] : [String(code)]))))
    const pairs = Object.entries<string[]>(head.instances).flatMap(([uuid, requests]) =>
      requests.map((id) => uuid + id),
    )
    expect(pairs.sort()).toEqual(failed.map(({ instance, requestId }) => instance + requestId).sort())
    expect(head.exception_counts).toMatchObject({
      'reason: Image $LG_NUM is gone, code: 404': 1,
      'Timed out at $HOST_ADDRESS': 1,
    })
    const brief = objects.map((object: Record<string, unknown> & { details: unknown[] }) => ({
      requestId: object.req,
      instance: object.uuid,
      tenant: object.tenant,
      deployment: object.deployment,
      name: object.operation,
      failure: object.failure_type,
      duration: object.duration,
      notifications: object.details.length,
    }))
    const expected = told.map(
      ({ requestId, instance, tenant, deployment, name, code, first, last, notifications }) => ({
        requestId,
        instance,
        tenant,
        deployment,
        name: name ?? 'n/a',
        failure: code ?? 'state',
        duration: `${((last - first) / MINUTE).toFixed(2)} minutes`,
        notifications,
      }),
    )
    const sorted = (list: object[]) => list.map((one) => JSON.stringify(one)).sort()
    // A failed call tells no tenant of its own.
    expect(sorted(brief)).toEqual(sorted(expected))
  })

  test('image events audit', async () => {
    const events = new Map<string, number>()
    for (const message of simulateCloud({
      ...options,
      start: day - 12 * HOUR,
      operationsPerMinute: options.operations / (HOURS * 60),
    }).messages) {
      if (within(message.when, day)) events.set(message.event, (events.get(message.event) ?? 0) + 1)
    }
    const existed = Object.values(truth.images).flatMap(({ exists }) => exists).length
    expect(existed).toBeGreaterThan(0)
    expect((await run('image-events-audit', day)).json).toEqual({
      'image.upload': events.get('image.upload'),
      'image.activate': events.get('image.activate'),
      'image.delete': events.get('image.delete'),
      'image.exists': existed,
      'image.exists.verified': existed,
    })
  })

  test('public outbound bandwidth, to the last byte', async () => {
    const { output } = await run('public-outbound-bandwidth', day)
    expect(output).toContain(`"json":{"total_public_outbound_bandwidth":${PLANTED_SUM}}`)
    expect((await run('public-outbound-bandwidth', dayBefore)).json).toEqual({ total_public_outbound_bandwidth: 0 })
  })

  test.each([
    ['the day', day],
    ['the day before', dayBefore],
  ])('instance hours of %s', async (_, start) => {
    const counted = exists.filter(
      (one) =>
        !isFailed(one) && one.auditBeginning >= start && one.auditEnding >= start && one.auditEnding <= start + DAY,
    )
    expect(counted.length).toBeGreaterThan(0)
    const hoursOf = ({ deletedAt, auditEnding, launchedAt, auditBeginning }: Exists) =>
      Math.ceil(
        Math.max(0, Math.min(deletedAt ?? auditEnding, auditEnding) - Math.max(launchedAt ?? 0, auditBeginning)) / HOUR,
      )
    const usage = counted.map((one) => ({
      flavor: one.instanceFlavorId ?? '',
      tenant: one.tenant,
      unitHours: (hoursOf(one) * one.memoryMb) / 256,
    }))
    // What was planted: launched at 1:40, and told of until 3:00 and until 4:00.
    if (start === day) {
      for (const hours of [2, 3]) {
        usage.push({ flavor: slow.flavor, tenant: slow.tenant, unitHours: (hours * slow.memoryMb) / 256 })
      }
    }
    const total = usage.reduce((sum, { unitHours }) => sum + unitHours, 0)
    const sums = (list: typeof usage) => {
      const hours = list.reduce((sum, { unitHours }) => sum + unitHours, 0)
      return {
        count: list.length,
        unit_hours: hours,
        percent_count: (list.length / usage.length) * 100,
        percent_unit_hours: (hours / total) * 100,
      }
    }
    const { json } = await run('instance-hours', start)
    expect(json).toMatchObject({ total_instance_count: usage.length, total_unit_hours: total })
    for (const flavor of new Set(usage.map((one) => one.flavor))) {
      expect(json.flavor[flavor]).toMatchObject(sums(usage.filter((one) => one.flavor === flavor)))
    }
    for (const size of ['small', 'large', 'unknown']) {
      const of = usage.filter(({ tenant }) => (tenant === slow.tenant ? 'unknown' : sizeOf(tenant)) === size)
      if (of.length === 0) continue
      expect(json.size[size]).toEqual(sums(of))
      for (const { tenant, account_name, ...rest } of json.top_hundred_by_unit_hours.size[size]) {
        expect(account_name).toBe(size === 'unknown' ? 'unknown account' : `Account, ${tenant}`)
        expect(rest).toEqual({ size, ...sums(of.filter((one) => one.tenant === tenant)) })
      }
    }
  })

  test.each([
    ['the day', day],
    ['the day before', dayBefore],
  ])('nova usage audit of %s', async (_, start) => {
    const { json } = await run('nova-usage-audit', start)
    const told = exists.filter(({ when }) => within(when, start))
    const plantedExists = start === day ? 2 : 0
    const counts = (list: Exists[], planted: number) => {
      const failed = list.filter(isFailed).length
      const verified = list.length - failed + planted
      return {
        count: list.length + planted,
        verified,
        failed,
        pending: 0,
        send_status: { success: verified, unsent: 0 },
      }
    }
    const periodic = (one: Exists) => one.auditEnding - one.auditBeginning === DAY
    expect(json.summary.verifier).toMatchObject({
      periodic: counts(told.filter(periodic), 0),
      instantaneous: counts(
        told.filter((one) => !periodic(one)),
        plantedExists,
      ),
    })
    expect(json.exist_fails.map((row: unknown[]) => row.slice(1)).sort()).toEqual(
      told
        .filter(isFailed)
        .map(({ messageId, deployment, host }) => [reasons[messageId], deployment, host])
        .sort(),
    )
    const instances = Object.entries(truth.instances).map(([uuid, { launches, delete: deleted, deployment }]) => {
      const times = launches.flatMap(({ launchedAt }) => (launchedAt === null ? [] : [launchedAt]))
      const before = deleted !== null && deleted.deletedAt <= start ? [] : times.filter((at) => at < start)
      return {
        uuid,
        deployment,
        fresh: times.filter((at) => within(at, start)),
        old: before.length > 0 ? [Math.max(...before)] : [],
      }
    })
    const actual = exists.filter(
      ({ auditBeginning, auditEnding }) => auditBeginning === start && auditEnding <= start + DAY,
    )
    const failures = instances.flatMap(({ uuid, deployment, fresh, old }) => {
      const own = actual.filter(({ instance }) => instance === uuid)
      const launches = [...fresh, ...old]
      if (own.length === 0) return launches.length > 0 ? [[`No exists for instance (${uuid})`, 'N', deployment]] : []
      const second = (at: Instant | null) => Math.floor((at ?? 0) / SECOND)
      return launches
        .filter((at) => !own.some(({ launchedAt }) => second(launchedAt) === second(at)))
        .map((at) => [`Couldn't find exists for launch (${uuid}, ${formatInstant(at)})`, 'N', deployment])
    })
    const count = (lists: Instant[][]) => lists.reduce((sum, list) => sum + list.length, 0)
    expect(json.summary.launch_summary).toEqual({
      new_launches: count(instances.map(({ fresh }) => fresh)) + (start === day ? 1 : 0),
      old_launches: count(instances.map(({ old }) => old)),
      failures: failures.length,
    })
    expect(json.launch_fails.map((row: unknown[]) => row.slice(1, 4)).sort()).toEqual(failures.sort())
  })

  test('glance usage audit', async () => {
    const images = Object.entries(truth.images)
    const told = images.flatMap(([uuid, { exists }]) => exists.map((one) => ({ uuid, ...one })))
    const verified = told.length
    const fresh = images.filter(([, { usage }]) => within(usage?.createdAt ?? null, day))
    const old = images.filter(
      ([, { usage, delete: deleted }]) =>
        usage !== null && usage.createdAt < day && !(deleted !== null && deleted.deletedAt <= day),
    )
    expect(Math.min(fresh.length, old.length, told.length)).toBeGreaterThan(0)
    const [{ summary }, header, ...failures] = (await run('glance-usage-audit', day)).json
    expect(summary).toMatchObject({
      verifier: { exists: { count: verified, verified, pending: 0, failed: 0, send_status: { success: verified } } },
      image_summary: { new_images: fresh.length, old_images: old.length, failures: fresh.length },
    })
    expect(header).toEqual(['Object', 'ID', 'Error Description'])
    expect(failures.map((row: unknown[]) => row[2]).sort()).toEqual(
      fresh.map(([uuid]) => `No exists for usage (${uuid})`).sort(),
    )
  })
})

describe('an operator', () => {
  test('finds in the list and in the api what was made, and makes it again beside the old one', async () => {
    const made = await run('region-summary', day, '--region', 'east', '--percentile', '90')
    const again = await pipeline.run('report', 'regenerate', String(made.id), '--wait', '--json')
    const { output: _, ...before } = made
    const after = JSON.parse(again.output)
    expect(after).toEqual({ ...before, id: after.id })
    expect(after.id).toBeGreaterThan(made.id)
    const ask = await pipeline.api()
    expect(await ask(`/stacky/report/${made.id}`)).toEqual({ status: 200, body: made.json })
    const { body } = await ask('/stacky/reports/search?name=summary%20for%20region:%20east')
    const ids = Array.isArray(body) ? body.slice(1).map(([id]) => id) : []
    expect(ids.slice(0, 2)).toEqual([after.id, made.id])
    const listed = JSON.parse((await pipeline.run('report', 'list', '--limit', '1', '--json')).output)
    expect(listed).toEqual([expect.objectContaining({ id: after.id, region: 'east', version: 4 })])
    const shown = JSON.parse((await pipeline.run('report', 'show', String(made.id), '--json')).output)
    expect(shown).toMatchObject({ ...before, region: 'east' })
    expect((await pipeline.run('report', 'show', String(made.id))).output).toContain('OS Type')
  })

  test('is refused a period in progress, unless that is asked for', async () => {
    const now = formatInstant(Date.now() * 1000)
    const args = ['report', 'run', 'image-events-audit', '--period', 'month', '--at', now, '--wait']
    expect(await pipeline.run(...args)).toEqual({ code: 1, output: expect.stringContaining('in progress') })
    expect(await pipeline.run(...args, '--in-progress')).toMatchObject({ code: 0 })
  })

  test.each([
    [2, ['report', 'run', 'nope', '--at', '2026-11-20']],
    [2, ['report', 'run', 'error-details']],
    [2, ['report', 'run', 'error-details', '--at', 'yesterday']],
    [2, ['report', 'run', 'error-details', '--at', '2026-11-20', '--percentile', '90']],
    [2, ['report', 'run', 'error-details', '--at', '2026-11-20', '--region', 'a', '--deployment', 'b']],
    [2, ['report', 'show', 'x']],
    [1, ['report', 'show', '999999']],
    [1, ['report', 'regenerate', '999999']],
    [1, ['report', 'run', 'error-details', '--at', formatInstant(day), '--region', 'north', '--wait']],
    [1, ['tenants', 'import', '/no/such/file']],
    [0, ['report', '--help']],
    [0, ['report', 'regenerate', '--help']],
    [0, ['tenants', 'import', '--help']],
  ])('gets exit code %d for %j', async (code, args) => {
    expect(await pipeline.run(...args)).toMatchObject({ code, output: expect.stringMatching(/\S/) })
  })
})
