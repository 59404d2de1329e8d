import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DAY, floorTo, formatDuration, formatInstant, SECOND } from '@stacktach/domain'
import { type CloudOptions, situations, type Truth } from '@stacktach/simulator'
import { z } from 'zod'
import { type Get, type Pipeline, startPipeline } from './pipeline.ts'
import { hoursAgo, simulate } from './simulate.ts'
import { bodyRows, type Row, testAnswers } from './testAnswers.ts'
import { sumsOf, usageEntries } from './usageHours.ts'
import { allVerified, expectedReason, expectedVerdicts, novaVerdicts } from './verdicts.ts'

const usageSummary = z.object({
  items: z.array(z.object({ tenant: z.string(), flavor: z.string().nullable(), seconds: z.number() })),
})

/** Length of the clouds. Situations last up to three audit periods of an hour, and some minutes. */
const HOURS = 5
const deployments = ['east', 'west']
const CONTROL_EXCHANGE = 'openstack'

interface Cloud {
  name: string
  options: CloudOptions
}

const clouds: Cloud[] = [
  {
    name: 'enveloped notifications with planted faults',
    options: { format: 'envelope', usageFaults: 0.3, situations },
  },
  {
    name: 'classic notifications with rounded times',
    options: {
      format: 'classic',
      storedTimes: 'rounded',
      situations: situations.filter((name) => name !== 'format-switch'),
    },
  },
  { name: 'versioned notifications', options: { format: 'versioned', situations } },
  {
    name: 'both formats on one exchange',
    options: { format: 'both', duplicates: 0.1, situations, controlExchange: CONTROL_EXCHANGE },
  },
]

/** Lets ingest also consume the control exchange. */
async function addControlExchange({ deploymentsFile }: Pipeline): Promise<void> {
  const file: { deployments: { topics: object }[] } = JSON.parse(await readFile(deploymentsFile, 'utf8'))
  const bindings = ['notifications.*', 'versioned_notifications.*', 'monitor.*'].map((routing_key) => {
    return { queue: 'stacktach_openstack', routing_key }
  })
  const entries = file.deployments.map((entry) => ({
    ...entry,
    topics: { ...entry.topics, [CONTROL_EXCHANGE]: bindings },
  }))
  await writeFile(deploymentsFile, JSON.stringify({ deployments: entries }))
}

let pipeline: Pipeline
let get: Get

beforeAll(async () => {
  pipeline = await startPipeline(deployments, { VERIFY_SETTLE_SECONDS: '0' })
  await addControlExchange(pipeline)
  ;[get] = await Promise.all([pipeline.api(), pipeline.start('ingest'), pipeline.start('jobs')])
})

afterAll(() => pipeline.stop())

describe.each(clouds)('a simulated cloud with all situations that sends $name', ({ name, options }) => {
  let truth: Truth
  let published: number

  const getRows = async (path: string): Promise<Row[]> => {
    const { status, body } = await get(`/stacky/${path}`)
    expect({ path, status }).toEqual({ path, status: 200 })
    return bodyRows(body)
  }

  beforeAll(async () => {
    // It ends an hour ago, because the last operations take some minutes.
    const settings = { seed: `situations ${name}`, deployments, operations: 80, failures: 0.2, ...options }
    const cloud = await simulate(pipeline, hoursAgo(HOURS + 1), HOURS, settings)
    truth = cloud.truth
    published = cloud.published
    await pipeline.settled(cloud.notifications)
    await allVerified(pipeline.database)
  }, 180_000)

  afterAll(() => pipeline.clear(published))

  testAnswers(() => ({
    pipeline,
    deployments,
    truth,
    getRows,
    statusOf: ({ verdict }) => verdict?.status ?? 'pending',
  }))

  test('verdicts: only planted faults fail', async () => {
    const expected = expectedVerdicts(truth)
    const verdicts = await novaVerdicts(pipeline.database)
    expect(Object.keys(verdicts).sort()).toEqual([...expected.keys()].sort())
    for (const [messageId, verdict] of expected) {
      expect({ messageId, reason: verdicts[messageId] }).toEqual({ messageId, reason: expectedReason(verdict) })
    }
  })

  test('instance hours: each moment of an instance counts once', async () => {
    const times = Object.values(truth.instances).flatMap(({ usage }) =>
      usage.flatMap(({ from, until }) => [from, until]),
    )
    const days = new Set([Math.min(...times), Math.max(...times) - 1].map((time) => floorTo(time, DAY)))
    for (const day of days) {
      const at = ['--at', formatInstant(day), '--in-progress', '--wait', '--json']
      const { code, output } = await pipeline.run('report', 'run', 'instance-hours', ...at)
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('"json":') })
      const { json } = JSON.parse(output)
      const entries = usageEntries(truth, day, day + DAY)
      const total = sumsOf(entries)
      expect(json).toMatchObject({ total_instance_count: total.count, total_unit_hours: total.unit_hours })
      for (const flavor of new Set(entries.map((entry) => entry.flavor))) {
        expect({ flavor, sums: json.flavor[flavor] }).toEqual({
          flavor,
          sums: expect.objectContaining(sumsOf(entries.filter((entry) => entry.flavor === flavor))),
        })
      }
    }
  })

  test('usage of /v1: the seconds of each tenant and flavor', async () => {
    const periods = Object.values(truth.instances).flatMap(({ usage }) => usage)
    const isoTime = (instant: number) => new Date(instant / 1000).toISOString()
    const from = floorTo(Math.min(...periods.map((period) => period.from)), DAY)
    const until = floorTo(Math.max(...periods.map((period) => period.until)), DAY) + DAY
    const { status, body } = await get(`/v1/usage/summary?from=${isoTime(from)}&until=${isoTime(until)}`)
    expect(status).toBe(200)
    const { items } = usageSummary.parse(body)
    const sums = new Map<string, number>()
    const add = (key: string, duration: number) => sums.set(key, (sums.get(key) ?? 0) + duration)
    for (const period of periods) add(`${period.tenant} ${period.instanceFlavorId}`, period.until - period.from)
    const answered = new Map<string, number>()
    for (const { tenant, flavor, seconds } of items) {
      const key = `${tenant} ${flavor}`
      answered.set(key, (answered.get(key) ?? 0) + Math.round(seconds * SECOND))
    }
    expect([...answered].sort()).toEqual([...sums].sort())
    expect(answered.size).toBeGreaterThan(5)
  })

  test('kpi: a delete that a restarted nova-compute completes ends the request of the user', async () => {
    const completed = Object.entries(truth.instances).flatMap(([uuid, { delete: deleted, timings, deployment }]) => {
      if (deleted === null || deleted.rowDeletedAt - deleted.deletedAt < 15 * SECOND) return []
      const timing = timings.find((each) => each.name === 'compute.instance.delete')
      return timing?.duration == null
        ? []
        : [{ uuid, deployment, request: timing.requestId, duration: timing.duration }]
    })
    expect(completed).toHaveLength(2)
    const rows = await getRows('kpi')
    for (const { uuid, deployment, request, duration } of completed) {
      const tracker = truth.requests[request]?.tracker
      expect(tracker).toMatchObject({ event: 'compute.instance.delete', instance: uuid })
      expect(duration).toBeGreaterThan(15 * SECOND)
      const total = formatDuration(tracker?.duration ?? 0)
      expect(rows).toContainEqual(['compute.instance.delete', total, uuid, deployment])
    }
  })
})
