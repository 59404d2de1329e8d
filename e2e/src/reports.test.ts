import { rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DAY, floorTo, formatInstant, HOUR, type Instant, MINUTE, SECOND } from '@stacktach/domain'
import { type ExistsTruth, type OperationTruth, simulateCloud, type Truth } from '@stacktach/simulator'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { PLANTED_SUM, plantRequests, slowCreate, slowCreateExists } from './plantedRequests.ts'
import { type ReportedExists, reportedHours } from './reportedHours.ts'
import { simulate } from './simulate.ts'
import { type Subscriber, subscribe } from './subscriber.ts'
import { allVerified, everySent, novaVerdicts, type Verdicts } from './verdicts.ts'

const deployments = ['east', 'west']

/** Yesterday. The simulated cloud covers its first half and the second half of the day before. */
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

const isWithinDay = (instant: Instant | null, start: Instant) =>
  instant !== null && instant >= start && instant < start + DAY
const isFailed = ({ verdict }: Exists) => verdict?.status === 'failed'
const sizeOf = (tenant: string) => (tenant < '8' ? 'small' : 'large')

beforeAll(async () => {
  pipeline = await startPipeline(deployments, { VERIFY_SETTLE_SECONDS: '0' })
  Object.assign(pipeline.environment, { PUBLISH_URL: pipeline.vhost.url })
  subscriber = await subscribe(pipeline.vhost, 'stacktach')
  await pipeline.start('ingest')
  await pipeline.start('jobs')
  const cloud = await simulate(pipeline, day - 12 * HOUR, HOURS, options)
  const planted = await plantRequests(pipeline.vhost, day, 'east')
  await pipeline.settled(cloud.notifications + planted.notifications)
  truth = cloud.truth
  operations = [...truth.operations, ...planted.operations]
  exists = Object.entries(truth.instances).flatMap(([instance, { deployment, exists }]) =>
    exists.map((row) => ({ ...row, instance, deployment })),
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

/** Runs a report as an operator does and returns the printed report, as text and parsed. */
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

const failureKind = ({ code, stateError, first, last }: OperationTruth) =>
  code !== null ? (code < 500 ? '4xx' : '5xx') : stateError ? 'state' : last - first > 30 * MINUTE ? '> 30' : null

/** Operations that overlap with the day. Nothing was sent in its last second, so that the report has the same ones. */
const operationsOf = (start: Instant) => operations.filter(({ first, last }) => last > start && first < start + DAY)

const formatReportDuration = (duration: number) => {
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
      const at = (index: number) => formatReportDuration(durations[index] ?? 0)
      const n = group.length
      const failures = ['4xx', '5xx', '> 30', 'state'].map(
        (kind) => group.filter((operation) => failureKind(operation) === kind).length,
      )
      return [
        ...JSON.parse(key),
        ...[at(0), at(n - 1), at(Math.floor(n / 2)), at(Math.floor(n * 0.97)), n],
        ...failures.flatMap((count) => [count, count / n]),
      ]
    })
    .sort((a, b) => (JSON.stringify(a.slice(0, 3)) < JSON.stringify(b.slice(0, 3)) ? -1 : 1))
}

describe('a day of a simulated cloud with every kind of failure', () => {
  test.each([
    ['', []],
    ['east', ['--region', 'EAST']],
    ['west', ['--deployment', 'west']],
  ])('region summary of %j', async (region, args) => {
    const counted = operationsOf(day).filter(({ deployment }) => region === '' || deployment === region)
    const report = await run('region-summary', day, ...args)
    const [head, header, ...rows] = report.json
    const failed = counted.filter((operation) => failureKind(operation) !== null)
    const count = (kind: string) => counted.filter((operation) => failureKind(operation) === kind).length
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
    const failed = operationsOf(day).filter((operation) => failureKind(operation) !== null)
    const detailed = failed.filter((operation) => failureKind(operation) !== '> 30')
    expect(detailed.length).toBeGreaterThan(10)
    const tally = (keys: string[]) => {
      const counts: Record<string, number> = {}
      for (const key of keys) counts[key] = (counts[key] ?? 0) + 1
      return counts
    }
    expect(head.tenant_issues).toEqual(tally(failed.map(({ tenant }) => tenant)))
    expect(head.codes).toEqual(tally(detailed.flatMap(({ code }) => (code === null ? [] : [String(code)]))))
    const pairs = Object.entries<string[]>(head.instances).flatMap(([uuid, requests]) =>
      requests.map((id) => uuid + id),
    )
    expect(pairs.sort()).toEqual(failed.map(({ instance, requestId }) => instance + requestId).sort())
    expect(head.exception_counts).toMatchObject({
      'reason: Image $LG_NUM is gone, code: 404': 1,
      'Timed out at $HOST_ADDRESS': 1,
    })
    const { rows: errors } = await pipeline.database.pool.query<{ request: string }>(
      `select distinct request_id as request from notification_nova where routing_key like '%error%'`,
    )
    const withError = new Set(errors.map(({ request }) => request))
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
    const expected = detailed.map(
      ({ requestId, instance, tenant, deployment, name, code, first, last, notifications }) => ({
        requestId,
        instance,
        tenant,
        deployment,
        name: name ?? 'n/a',
        failure: code ?? (withError.has(requestId) ? 'http' : 'state'),
        duration: `${((last - first) / MINUTE).toFixed(2)} minutes`,
        notifications,
      }),
    )
    expect(new Set(expected.map(({ failure }) => typeof failure))).toEqual(new Set(['number', 'string']))
    expect(expected.map(({ failure }) => failure)).toEqual(expect.arrayContaining(['http', 'state']))
    const sorted = (list: object[]) => list.map((entry) => JSON.stringify(entry)).sort()
    // The notification of a failed call has no tenant; the report takes it from the other notifications of the request.
    expect(sorted(brief)).toEqual(sorted(expected))
  })

  test('image events audit', async () => {
    const events = new Map<string, number>()
    for (const message of simulateCloud({
      ...options,
      start: day - 12 * HOUR,
      operationsPerMinute: options.operations / (HOURS * 60),
    }).messages) {
      if (isWithinDay(message.when, day)) events.set(message.event, (events.get(message.event) ?? 0) + 1)
    }
    const existsCount = Object.values(truth.images).flatMap(({ exists }) => exists).length
    expect(existsCount).toBeGreaterThan(0)
    expect((await run('image-events-audit', day)).json).toEqual({
      'image.upload': events.get('image.upload'),
      'image.activate': events.get('image.activate'),
      'image.delete': events.get('image.delete'),
      'image.exists': existsCount,
      'image.exists.verified': existsCount,
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
      (row) =>
        !isFailed(row) && row.auditBeginning >= start && row.auditEnding >= start && row.auditEnding <= start + DAY,
    )
    expect(counted.length).toBeGreaterThan(0)
    const rows: ReportedExists[] = counted.map((row) => ({ ...row, flavor: row.instanceFlavorId ?? '' }))
    if (start === day) rows.push(...slowCreateExists(day))
    const { hours, overlappingExists, overlappingHours } = reportedHours(rows)
    const usage = [
      ...hours.map((row) => ({ ...row, count: 0 })),
      ...rows.map(({ flavor, tenant }) => ({ flavor, tenant, unitHours: 0, count: 1 })),
    ]
    const total = usage.reduce((sum, { unitHours }) => sum + unitHours, 0)
    const sums = (list: typeof usage) => {
      const unitHours = list.reduce((sum, row) => sum + row.unitHours, 0)
      const count = list.reduce((sum, row) => sum + row.count, 0)
      return {
        count,
        unit_hours: unitHours,
        percent_count: (count / rows.length) * 100,
        percent_unit_hours: (unitHours / total) * 100,
      }
    }
    const { json } = await run('instance-hours', start)
    expect(json).toMatchObject({
      total_instance_count: rows.length,
      total_unit_hours: total,
      overlapping_exists: overlappingExists,
      overlapping_hours: overlappingHours,
    })
    // The planted exists end at 3:00 and 4:00 and begin with the launch at 1:40.
    if (start === day) expect(overlappingHours).toBeGreaterThanOrEqual(80 / 60)
    for (const flavor of new Set(usage.map(({ flavor }) => flavor))) {
      expect(json.flavor[flavor]).toMatchObject(sums(usage.filter((row) => row.flavor === flavor)))
    }
    for (const size of ['small', 'large', 'unknown']) {
      const ofSize = usage.filter(({ tenant }) => (tenant === slowCreate.tenant ? 'unknown' : sizeOf(tenant)) === size)
      if (ofSize.length === 0) continue
      expect(json.size[size]).toEqual(sums(ofSize))
      for (const { tenant, account_name, ...rest } of json.top_hundred_by_unit_hours.size[size]) {
        expect(account_name).toBe(size === 'unknown' ? 'unknown account' : `Account, ${tenant}`)
        expect(rest).toEqual({ size, ...sums(ofSize.filter((row) => row.tenant === tenant)) })
      }
    }
  })

  test.each([
    ['the day', day],
    ['the day before', dayBefore],
  ])('nova usage audit of %s', async (_, start) => {
    const { json } = await run('nova-usage-audit', start)
    const received = exists.filter(({ when }) => isWithinDay(when, start))
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
    const isPeriodic = ({ auditBeginning, auditEnding }: Exists) => auditEnding - auditBeginning === DAY
    expect(json.summary.verifier).toMatchObject({
      periodic: counts(received.filter(isPeriodic), 0),
      instantaneous: counts(
        received.filter((row) => !isPeriodic(row)),
        plantedExists,
      ),
    })
    expect(json.exist_fails.map((row: unknown[]) => row.slice(1)).sort()).toEqual(
      received
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
        newLaunches: times.filter((at) => isWithinDay(at, start)),
        oldLaunches: before.length > 0 ? [Math.max(...before)] : [],
      }
    })
    const ofDay = exists.filter(
      ({ auditBeginning, auditEnding }) => auditBeginning === start && auditEnding <= start + DAY,
    )
    const failures = instances.flatMap(({ uuid, deployment, newLaunches, oldLaunches }) => {
      const own = ofDay.filter(({ instance }) => instance === uuid)
      const launches = [...newLaunches, ...oldLaunches]
      if (own.length === 0) return launches.length > 0 ? [[`No exists for instance (${uuid})`, 'N', deployment]] : []
      const second = (at: Instant | null) => Math.floor((at ?? 0) / SECOND)
      return launches
        .filter((at) => !own.some(({ launchedAt }) => second(launchedAt) === second(at)))
        .map((at) => [`Couldn't find exists for launch (${uuid}, ${formatInstant(at)})`, 'N', deployment])
    })
    if (start === day) {
      const [, last] = slowCreateExists(day)
      const gap = `no exists from ${formatInstant(last.auditEnding)} to ${formatInstant(day + DAY)}`
      const launch = `${slowCreate.uuid}, ${formatInstant(last.launchedAt)}`
      failures.push([`Couldn't find exists for launch (${launch}): ${gap}`, 'N', 'east'])
    }
    const count = (lists: Instant[][]) => lists.reduce((sum, list) => sum + list.length, 0)
    expect(json.summary.launch_summary).toEqual({
      new_launches: count(instances.map(({ newLaunches }) => newLaunches)) + (start === day ? 1 : 0),
      old_launches: count(instances.map(({ oldLaunches }) => oldLaunches)),
      failures: failures.length,
    })
    expect(json.launch_fails.map((row: unknown[]) => row.slice(1, 4)).sort()).toEqual(failures.sort())
  })

  test('glance usage audit', async () => {
    const images = Object.entries(truth.images)
    const verified = images.flatMap(([, { exists }]) => exists).length
    const newImages = images.filter(([, { usage }]) => isWithinDay(usage?.createdAt ?? null, day))
    const oldImages = images.filter(
      ([, { usage, delete: deleted }]) =>
        usage !== null && usage.createdAt < day && !(deleted !== null && deleted.deletedAt <= day),
    )
    expect(Math.min(newImages.length, oldImages.length, verified)).toBeGreaterThan(0)
    const [{ summary }, header, ...failures] = (await run('glance-usage-audit', day)).json
    expect(summary).toMatchObject({
      verifier: { exists: { count: verified, verified, pending: 0, failed: 0, send_status: { success: verified } } },
      image_summary: { new_images: newImages.length, old_images: oldImages.length, failures: newImages.length },
    })
    expect(header).toEqual(['Object', 'ID', 'Error Description'])
    expect(failures.map((row: unknown[]) => row[2]).sort()).toEqual(
      newImages.map(([uuid]) => `No exists for usage (${uuid})`).sort(),
    )
  })
})

describe('an operator', () => {
  test('finds a new report in the list and in the api, and regenerates it as another report', async () => {
    const report = await run('region-summary', day, '--region', 'east', '--percentile', '90')
    const regenerated = await pipeline.run('report', 'regenerate', String(report.id), '--wait', '--json')
    const { output: _, ...before } = report
    const after = JSON.parse(regenerated.output)
    expect(after).toEqual({ ...before, id: after.id })
    expect(after.id).toBeGreaterThan(report.id)
    const get = await pipeline.api()
    expect(await get(`/stacky/report/${report.id}`)).toEqual({ status: 200, body: report.json })
    const { body } = await get('/stacky/reports/search?name=summary%20for%20region:%20east')
    const ids = Array.isArray(body) ? body.slice(1).map(([id]) => id) : []
    expect(ids.slice(0, 2)).toEqual([after.id, report.id])
    const listed = JSON.parse((await pipeline.run('report', 'list', '--limit', '1', '--json')).output)
    expect(listed).toEqual([expect.objectContaining({ id: after.id, region: 'east', version: 4 })])
    const details = JSON.parse((await pipeline.run('report', 'show', String(report.id), '--json')).output)
    expect(details).toMatchObject({ ...before, region: 'east' })
    expect((await pipeline.run('report', 'show', String(report.id))).output).toContain('OS Type')
  })

  test('cannot report a period in progress without --in-progress', async () => {
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
