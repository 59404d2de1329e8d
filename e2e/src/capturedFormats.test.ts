import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CapturedMessage, captured, type Expectation, publish } from '@stacktach/testing'
import { aggregates } from './aggregates.ts'
import { about, expectEqual, namesIn, only } from './compareAnswers.ts'
import { type Answers, everyAnswer } from './everyAnswer.ts'
import { type Ask, type Pipeline, startPipeline } from './pipeline.ts'

interface Told {
  answers: Answers
  /** Of each instance; kpi whatever its age, which its endpoint does not show. */
  aggregates: Record<string, Expectation>
}

const told = (what: string) => process.stdout.write(`${what}\n`)

let pipeline: Pipeline
let ask: Ask

beforeAll(async () => {
  pipeline = await startPipeline(['captured'])
  ;[ask] = await Promise.all([pipeline.api(), pipeline.start('ingest'), pipeline.start('jobs')])
})

afterAll(() => pipeline.stop())

/** All answers about a stream of messages, the only one that is stored. */
async function tell(messages: readonly CapturedMessage[], what: Parameters<typeof everyAnswer>[2]): Promise<Told> {
  await publish(pipeline.vhost, messages)
  await pipeline.settled(messages.length)
  const answers = await everyAnswer(pipeline.database, ask, what)
  const told = { answers, aggregates: await aggregates(pipeline.database) }
  await pipeline.clear(messages.length)
  return told
}

const isVersioned = ({ routing_key }: CapturedMessage) => routing_key.startsWith('versioned_')

/** The body in oslo.messaging's envelope, or out of it. */
function wrapped(message: CapturedMessage): CapturedMessage {
  const body = { 'oslo.version': '2.0', 'oslo.message': message.body.toString() }
  return { ...message, body: Buffer.from(JSON.stringify(body)) }
}

function unwrapped(message: CapturedMessage): CapturedMessage {
  return { ...message, body: Buffer.from(JSON.parse(message.body.toString())['oslo.message']) }
}

test.each([
  ['nova_unversioned', 'bare', unwrapped],
  ['nova_versioned', 'bare', unwrapped],
  ['nova_unversioned_messaging-v1', 'enveloped', wrapped],
] as const)(
  'the captured cloud %s gives the same answers when %s',
  async (stream, form, change) => {
    const asCaptured = await tell(captured(stream), { shown: true })
    const otherwise = await tell(captured(stream).map(change), { shown: true })
    const names = namesIn(asCaptured.answers)
    told(`${stream}, ${form}: ${expectEqual(about(names, otherwise.answers), about(names, asCaptured.answers))}`)
    expect(otherwise.aggregates).toEqual(asCaptured.aggregates)
  },
  600_000,
)

/** What a cloud says in one of the formats alone; of the scheduler's, classic does not say of which instance they are. */
const oneHalfAlone = {
  nova_both: {
    classic: {
      events: ['compute.instance.volume.attach', 'compute.instance.volume.detach', 'rescue_instance'],
      timings: [],
    },
    versioned: {
      events: [
        'compute.exception',
        'compute.instance.interface_attach.end',
        'compute.instance.interface_attach.start',
        'compute.instance.interface_detach.end',
        'compute.instance.interface_detach.start',
        'compute.instance.lock',
        'compute.instance.unlock',
        'compute.instance.volume.attach.end',
        'compute.instance.volume.attach.start',
        'compute.instance.volume.detach.end',
        'compute.instance.volume.detach.start',
        'flavor.create',
        'flavor.update',
        'service.create',
      ],
      timings: [
        'compute.instance.interface_attach',
        'compute.instance.interface_detach',
        'compute.instance.volume.attach',
        'compute.instance.volume.detach',
        'scheduler.select_destinations',
      ],
    },
  },
  nova_both_failures: {
    classic: { events: ['rescue_instance'], timings: [] },
    versioned: {
      events: ['compute.exception', 'flavor.create', 'flavor.update', 'service.create'],
      timings: ['scheduler.select_destinations'],
    },
  },
}

describe.each(['nova_both', 'nova_both_failures'] as const)('of the captured cloud %s', (stream) => {
  let both: Told
  let classic: Told
  let versioned: Told

  beforeAll(async () => {
    const messages = captured(stream)
    both = await tell(messages, { without: 'versioned' })
    classic = await tell(
      messages.filter((message) => !isVersioned(message)),
      {},
    )
    versioned = await tell(messages.filter(isVersioned), {})
  }, 600_000)

  test('both formats answer what the classic half does, cell for cell, for every name that it has', () => {
    const names = namesIn(classic.answers)
    expect(only(names, namesIn(both.answers))).toEqual({ events: [], timings: [] })
    const compared = expectEqual(about(names, both.answers), about(names, classic.answers))
    told(`${stream}: both = classic: ${compared}`)
    expect(knownTo(names.timings, both.aggregates)).toEqual(knownTo(names.timings, classic.aggregates))
  })

  test('the versioned half tells the same to the second, with the flavor’s id and no type’s', () => {
    const names = namesIn(classic.answers).timings
    const shared = new Set([...namesIn(versioned.answers).timings].filter((name) => names.has(name)))
    const [of, expected] = [versioned, classic].map((half) => toTheSecond(shared, half.aggregates))
    expect(of).toEqual(expected)
    // A twin is sent up to 0.13 s after its like, so what lies between two can differ by that.
    const [twins, likes] = [versioned, classic].map((half) => durations(shared, half.aggregates))
    expect(Object.keys(twins ?? {})).toEqual(Object.keys(likes ?? {}))
    for (const [what, seconds] of Object.entries(likes ?? {})) {
      expect({ what, apart: Math.abs((twins?.[what] ?? Number.NaN) - seconds) < 0.2 }).toEqual({ what, apart: true })
    }
  })

  test('what one half alone tells', () => {
    const [ofClassic, ofVersioned] = [namesIn(classic.answers), namesIn(versioned.answers)]
    const found = { classic: only(ofClassic, ofVersioned), versioned: only(ofVersioned, ofClassic) }
    told(`${stream}: in one format only: ${JSON.stringify(found)}`)
    expect(found).toEqual(oneHalfAlone[stream])
  })
})

/** Timings and requests of these names alone. */
function knownTo(names: ReadonlySet<string>, all: Record<string, Expectation>): Record<string, Expectation> {
  return mapped(all, ({ timings, kpi, ...rest }) => ({
    ...rest,
    timings: timings.filter(([, name]) => names.has(name)),
    kpi: kpi.filter(([name]) => names.has(name)),
  }))
}

/** What both formats tell alike: times to the second; no type's id, and no message id, which each has of its own. */
function toTheSecond(names: ReadonlySet<string>, all: Record<string, Expectation>) {
  const second = (row: Record<string, string | null>) =>
    Object.fromEntries(
      Object.entries(row).flatMap(([key, value]) =>
        key === 'instance_type_id' || key === 'message_id' ? [] : [[key, value?.replace(/\.\d{6}$/, '') ?? null]],
      ),
    )
  const sorted = <T>(rows: T[]) => rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  return mapped(knownTo(names, all), ({ launches, deletes, exists, timings, kpi }) => ({
    launches: launches.map(second),
    deletes: deletes.map(second),
    exists: sorted(exists.map(second)),
    timings: timings.map(([sign, name]) => [sign, name]),
    kpi: sorted(kpi.map(([name, , ...row]) => [name, ...row])),
  }))
}

/** Seconds of each timing and request that has both ends, by instance, name, and which of that name it is. */
function durations(names: ReadonlySet<string>, all: Record<string, Expectation>): Record<string, number> {
  const found: Record<string, number> = {}
  for (const [instance, { timings, kpi }] of Object.entries(knownTo(names, all))) {
    const spans = [
      ...timings.map(([, name, duration]) => ['timing', name, duration] as const),
      ...kpi.map(([name, duration]) => ['kpi', name, duration] as const),
    ]
    for (const [kind, name, duration] of spans) {
      const [, days, hours, minutes, seconds] = /^(\d+)d (\d+):(\d+):([\d.]+)$/.exec(duration) ?? []
      if (seconds === undefined) continue
      const nth = Object.keys(found).filter((key) => key.startsWith(`${instance} ${kind} ${name} `)).length
      const whole = (Number(days) * 24 + Number(hours)) * 3600 + Number(minutes) * 60
      found[`${instance} ${kind} ${name} ${nth}`] = whole + Number(seconds)
    }
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function mapped<T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
