import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Format, formats } from '@stacktach/simulator'
import {
  answersAbout,
  commonNames,
  expectEqual,
  mapRows,
  type Names,
  namesIn,
  namesOnlyIn,
  withoutMessageIds,
} from './compareAnswers.ts'
import { type Answers, everyAnswer } from './everyAnswer.ts'
import { type Get, type Pipeline, startPipeline } from './pipeline.ts'
import { hoursAgo, simulate } from './simulate.ts'

const HOURS = 3
const deployments = ['east', 'west']

/** Stores only a simulated cloud and returns all answers; its operations are the same in each format. */
async function answersOf(pipeline: Pipeline, get: Get, rules: string, format: Format, start: number): Promise<Answers> {
  const options = { seed: 'formats 582', format, deployments, operations: 100, failures: 0.2, imageExists: true }
  const { notifications, published } = await simulate(pipeline, start, HOURS, options)
  await pipeline.settled(notifications)
  // Lists contain both counterparts; the versioned ones are not compared.
  const without = format === 'both' ? 'versioned' : 'nothing'
  // Enveloped and bare notifications are equal, so they are also compared one by one. They do not depend on the rules.
  const withShow = rules === 'today' && (format === 'classic' || format === 'envelope')
  const answers = await everyAnswer(pipeline.database, get, { without, withShow })
  await pipeline.clear(published)
  return answers
}

const print = (text: string) => process.stdout.write(`${text}\n`)

describe.each(['today', 'stacktach'])('the same cloud under rules %s', (rules) => {
  let pipeline: Pipeline
  const answers = new Map<Format, Answers>()
  const answersIn = (format: Format): Answers => answers.get(format) ?? new Map()
  /** The answers without those of `show`. */
  const listed = (format: Format): Answers =>
    new Map([...answersIn(format)].filter(([path]) => !path.startsWith('show/')))
  const names = (format: Format): Names => namesIn(answersIn(format))

  beforeAll(async () => {
    // It ends an hour ago, because operations take some minutes and watch reads notifications only until now.
    const start = hoursAgo(HOURS + 1)
    pipeline = await startPipeline(deployments, { RULES: rules })
    const [get] = await Promise.all([pipeline.api(), pipeline.start('ingest'), pipeline.start('jobs')])
    for (const format of formats) answers.set(format, await answersOf(pipeline, get, rules, format, start))
  }, 600_000)

  afterAll(() => pipeline.stop())

  test('the envelope does not change any answer', () => {
    const all = names('classic')
    const compared = expectEqual(answersAbout(all, answersIn('envelope')), answersAbout(all, answersIn('classic')))
    print(`${rules}: enveloped = bare: ${compared}`)
  })

  test('both formats together give the answers of the classic format for all of its names', () => {
    const classic = names('classic')
    expect(namesOnlyIn(classic, names('both'))).toEqual({ events: [], timings: [] })
    const compared = expectEqual(
      withoutMessageIds(answersAbout(classic, answersIn('both'))),
      withoutMessageIds(answersAbout(classic, listed('classic'))),
    )
    print(`${rules}: both = classic: ${compared}`)
  })

  test('versioned gives the answers of classic to the second, except for the instance type id', () => {
    const shared = commonNames(names('classic'), names('versioned'))
    const compare = (format: Format, typeId: (cell: unknown) => unknown) => {
      const seconds = mapRows(withoutMessageIds(answersAbout(shared, listed(format))), /^usage\//, (row) =>
        row.map(toTheSecond),
      )
      const launches = mapRows(seconds, /^usage\/launches/, (row) => row.with(2, typeId(row[2])))
      const exists = mapRows(launches, /^usage\/exists/, (row) => row.with(3, typeId(row[3])))
      // Notifications of the scheduler have the instance and its tenant only in the versioned format.
      const unscheduled = mapRows(exists, /^(?:uuid\?uuid|search\?field=(?:instance|tenant))/, (row) =>
        isScheduler(row[3]) ? null : row,
      )
      const watched = mapRows(unscheduled, /^watch/, (row) => (isScheduler(row[4]) ? row.with(5, '') : row))
      // The classic notification of a scheduled rebuild has the host of the conductor.
      const compared = mapRows(watched, /^(?:uuid\?uuid|request|search)/, (row) =>
        row[3] === 'compute.instance.rebuild.scheduled' ? row.with(4, '') : row,
      )
      return new Map([...compared].filter(([path, rows]) => rows.length > 1 || !path.startsWith('search?field=tenant')))
    }
    const compared = expectEqual(
      compare('versioned', (cell) => cell),
      compare('classic', () => null),
    )
    print(`${rules}: versioned = classic to the second: ${compared}`)
  })

  test('each format has events and timings that the other does not have', () => {
    const differences = {
      classic: namesOnlyIn(names('classic'), names('versioned')),
      versioned: namesOnlyIn(names('versioned'), names('classic')),
      both: namesOnlyIn(names('both'), names('classic')),
    }
    print(`${rules}: in one format only: ${JSON.stringify(differences)}`)
    const versioned = {
      events: [
        'compute.instance.interface_attach.end',
        'compute.instance.interface_attach.start',
        'compute.instance.lock',
        'compute.instance.unlock',
        'compute.instance.volume.attach.end',
        'compute.instance.volume.attach.start',
        'compute.instance.volume.detach.end',
        'compute.instance.volume.detach.start',
      ],
      timings: [
        'compute.instance.interface_attach',
        'compute.instance.volume.attach',
        'compute.instance.volume.detach',
        // The classic notification does not have the instance in a place where StackTach reads it.
        'scheduler.select_destinations',
      ],
    }
    expect(differences).toEqual({
      classic: { events: ['compute.instance.volume.attach', 'compute.instance.volume.detach'], timings: [] },
      versioned,
      both: versioned,
    })
  })
})

function isScheduler(event: unknown): boolean {
  return String(event).startsWith('scheduler.')
}

function toTheSecond(cell: unknown): unknown {
  return typeof cell === 'string' ? cell.replace(/^(\S+ \d\d:\d\d:\d\d)\.\d{6}$/, '$1') : cell
}
