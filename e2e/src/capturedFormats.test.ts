import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CapturedMessage, captured, type Expectation, publish } from '@stacktach/testing'
import { aggregates } from './aggregates.ts'
import { answersAbout, expectEqual, namesIn, namesOnlyIn } from './compareAnswers.ts'
import { type Answers, everyAnswer } from './everyAnswer.ts'
import { type Get, type Pipeline, startPipeline } from './pipeline.ts'

/** Everything that StackTach computes from a stream of messages. */
interface Outcome {
  answers: Answers
  /** By instance; with kpi of any age, while the kpi endpoint returns only the last 24 hours. */
  aggregates: Record<string, Expectation>
}

const print = (text: string) => process.stdout.write(`${text}\n`)

let pipeline: Pipeline
let get: Get

beforeAll(async () => {
  pipeline = await startPipeline(['captured'])
  ;[get] = await Promise.all([pipeline.api(), pipeline.start('ingest'), pipeline.start('jobs')])
})

afterAll(() => pipeline.stop())

/** Stores only these messages and returns the answers and aggregates. */
async function outcomeOf(
  messages: readonly CapturedMessage[],
  options: Parameters<typeof everyAnswer>[2],
): Promise<Outcome> {
  await publish(pipeline.vhost, messages)
  await pipeline.settled(messages.length)
  const answers = await everyAnswer(pipeline.database, get, options)
  const outcome = { answers, aggregates: await aggregates(pipeline.database) }
  await pipeline.clear(messages.length)
  return outcome
}

const isVersioned = ({ routing_key }: CapturedMessage) => routing_key.startsWith('versioned_')

/** The message with its body in the envelope of oslo.messaging. */
function wrapped(message: CapturedMessage): CapturedMessage {
  const body = { 'oslo.version': '2.0', 'oslo.message': message.body.toString() }
  return { ...message, body: Buffer.from(JSON.stringify(body)) }
}

/** The message without the envelope of oslo.messaging. */
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
    const asCaptured = await outcomeOf(captured(stream), { withShow: true })
    const inOtherForm = await outcomeOf(captured(stream).map(change), { withShow: true })
    const names = namesIn(asCaptured.answers)
    print(
      `${stream}, ${form}: ${expectEqual(answersAbout(names, inOtherForm.answers), answersAbout(names, asCaptured.answers))}`,
    )
    expect(inOtherForm.aggregates).toEqual(asCaptured.aggregates)
  },
  600_000,
)

/**
 * Names of timings that only the versioned half has. A classic notification of the scheduler does not have the instance in
 * a place where StackTach reads it. The events of each half: `packages/ingestion/src/formats.test.ts`.
 */
const versionedTimings = {
  nova_both: [
    'compute.instance.interface_attach',
    'compute.instance.interface_detach',
    'compute.instance.volume.attach',
    'compute.instance.volume.detach',
    'scheduler.select_destinations',
  ],
  nova_both_failures: ['scheduler.select_destinations'],
}

describe.each(['nova_both', 'nova_both_failures'] as const)('the captured cloud %s', (stream) => {
  let both: Outcome
  let classic: Outcome
  let versioned: Outcome

  beforeAll(async () => {
    const messages = captured(stream)
    both = await outcomeOf(messages, { without: 'versioned' })
    classic = await outcomeOf(
      messages.filter((message) => !isVersioned(message)),
      {},
    )
    versioned = await outcomeOf(messages.filter(isVersioned), {})
  }, 600_000)

  test('both formats together give the answers of the classic half for all of its names', () => {
    const names = namesIn(classic.answers)
    expect(namesOnlyIn(names, namesIn(both.answers))).toEqual({ events: [], timings: [] })
    const compared = expectEqual(answersAbout(names, both.answers), answersAbout(names, classic.answers))
    print(`${stream}: both = classic: ${compared}`)
    expect(restrictTo(names.timings, both.aggregates)).toEqual(restrictTo(names.timings, classic.aggregates))
  })

  test('the versioned half gives the same aggregates to the second, except for the instance type id', () => {
    const names = namesIn(classic.answers).timings
    const shared = new Set([...namesIn(versioned.answers).timings].filter((name) => names.has(name)))
    const [actual, expected] = [versioned, classic].map((half) => toTheSecond(shared, half.aggregates))
    expect(actual).toEqual(expected)
    // Counterparts are sent up to 0.13 s apart, so that durations differ.
    const [versionedSeconds, classicSeconds] = [versioned, classic].map((half) => durations(shared, half.aggregates))
    expect(Object.keys(versionedSeconds ?? {})).toEqual(Object.keys(classicSeconds ?? {}))
    for (const [key, seconds] of Object.entries(classicSeconds ?? {})) {
      const difference = Math.abs((versionedSeconds?.[key] ?? Number.NaN) - seconds)
      expect({ key, isClose: difference < 0.2 }).toEqual({ key, isClose: true })
    }
  })

  test('each half has timings that the other does not have', () => {
    const [ofClassic, ofVersioned] = [namesIn(classic.answers), namesIn(versioned.answers)]
    const differences = { classic: namesOnlyIn(ofClassic, ofVersioned), versioned: namesOnlyIn(ofVersioned, ofClassic) }
    print(`${stream}: in one format only: ${JSON.stringify(differences)}`)
    expect(differences.classic.timings).toEqual([])
    expect(differences.versioned.timings).toEqual(versionedTimings[stream])
  })
})

/** The aggregates with only the timings and requests of these names. */
function restrictTo(names: ReadonlySet<string>, all: Record<string, Expectation>): Record<string, Expectation> {
  return mapValues(all, ({ timings, kpi, ...rest }) => ({
    ...rest,
    timings: timings.filter(([, name]) => names.has(name)),
    kpi: kpi.filter(([name]) => names.has(name)),
  }))
}

/** The values that both formats have in common: times to the second, no instance type id and no message id. */
function toTheSecond(names: ReadonlySet<string>, all: Record<string, Expectation>) {
  const second = (row: Record<string, string | null>) =>
    Object.fromEntries(
      Object.entries(row).flatMap(([key, value]) =>
        key === 'instance_type_id' || key === 'message_id' ? [] : [[key, value?.replace(/\.\d{6}$/, '') ?? null]],
      ),
    )
  const sorted = <T>(rows: T[]) => rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  return mapValues(restrictTo(names, all), ({ launches, deletes, exists, timings, kpi }) => ({
    launches: launches.map(second),
    deletes: deletes.map(second),
    exists: sorted(exists.map(second)),
    timings: timings.map(([sign, name]) => [sign, name]),
    kpi: sorted(kpi.map(([name, , ...row]) => [name, ...row])),
  }))
}

/** Seconds of each timing and request that has both ends, by instance, name, and number among those of the name. */
function durations(names: ReadonlySet<string>, all: Record<string, Expectation>): Record<string, number> {
  const secondsByKey: Record<string, number> = {}
  for (const [instance, { timings, kpi }] of Object.entries(restrictTo(names, all))) {
    const spans = [
      ...timings.map(([, name, duration]) => ['timing', name, duration] as const),
      ...kpi.map(([name, duration]) => ['kpi', name, duration] as const),
    ]
    for (const [kind, name, duration] of spans) {
      const [, days, hours, minutes, seconds] = /^(\d+)d (\d+):(\d+):([\d.]+)$/.exec(duration) ?? []
      if (seconds === undefined) continue
      const nth = Object.keys(secondsByKey).filter((key) => key.startsWith(`${instance} ${kind} ${name} `)).length
      const whole = (Number(days) * 24 + Number(hours)) * 3600 + Number(minutes) * 60
      secondsByKey[`${instance} ${kind} ${name} ${nth}`] = whole + Number(seconds)
    }
  }
  return Object.fromEntries(Object.entries(secondsByKey).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function mapValues<T, U>(record: Record<string, T>, change: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}
