import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Format, formats } from '@stacktach/simulator'
import { about, changed, common, expectEqual, type Names, namesIn, only, withoutMessageIds } from './compareAnswers.ts'
import { type Answers, everyAnswer } from './everyAnswer.ts'
import { type Ask, type Pipeline, startPipeline } from './pipeline.ts'
import { hoursAgo, simulate } from './simulate.ts'

const HOURS = 3
const deployments = ['east', 'west']

/** All answers about a simulated cloud, the only one that is stored; it does the same operations in each format. */
async function answersOf(pipeline: Pipeline, ask: Ask, format: Format, start: number): Promise<Answers> {
  const options = { seed: 'formats 582', format, deployments, operations: 100, failures: 0.2, imageExists: true }
  const { notifications, published } = await simulate(pipeline, start, HOURS, options)
  await pipeline.settled(notifications)
  // A notification and its counterpart are both listed: those that classic does not have are not compared.
  const without = format === 'both' ? 'versioned' : 'nothing'
  // Enveloped and bare are the same notifications: these are compared one by one.
  const shown = format === 'classic' || format === 'envelope'
  const answers = await everyAnswer(pipeline.database, ask, { without, shown })
  await pipeline.clear(published)
  return answers
}

const told = (what: string) => process.stdout.write(`${what}\n`)

describe.each(['today', 'stacktach'])('the same cloud, by the rules of %s', (rules) => {
  let pipeline: Pipeline
  const answers = new Map<Format, Answers>()
  const of = (format: Format): Answers => answers.get(format) ?? new Map()
  /** All but the notifications one by one. */
  const listed = (format: Format): Answers => new Map([...of(format)].filter(([path]) => !path.startsWith('show/')))
  const names = (format: Format): Names => namesIn(of(format))

  beforeAll(async () => {
    // Until an hour ago: operations go on for some minutes after the last began, and watch ends now.
    const start = hoursAgo(HOURS + 1)
    pipeline = await startPipeline(deployments, { RULES: rules })
    const [ask] = await Promise.all([pipeline.api(), pipeline.start('ingest'), pipeline.start('jobs')])
    for (const format of formats) answers.set(format, await answersOf(pipeline, ask, format, start))
  }, 600_000)

  afterAll(() => pipeline.stop())

  test('enveloped is bare, cell for cell', () => {
    const all = names('classic')
    const compared = expectEqual(about(all, of('envelope')), about(all, of('classic')))
    told(`${rules}: enveloped = bare: ${compared}`)
  })

  test('both at once is classic, cell for cell, for every name that classic has', () => {
    const classic = names('classic')
    expect(only(classic, names('both'))).toEqual({ events: [], timings: [] })
    const compared = expectEqual(
      withoutMessageIds(about(classic, of('both'))),
      withoutMessageIds(about(classic, listed('classic'))),
    )
    told(`${rules}: both = classic: ${compared}`)
  })

  test('versioned is classic to the second, with the flavor’s id and no type’s', () => {
    const shared = common(names('classic'), names('versioned'))
    const compare = (format: Format, typeId: (found: unknown) => unknown) => {
      const seconds = changed(withoutMessageIds(about(shared, listed(format))), /^usage\//, (row) =>
        row.map(toTheSecond),
      )
      const launches = changed(seconds, /^usage\/launches/, (row) => row.with(2, typeId(row[2])))
      const exists = changed(launches, /^usage\/exists/, (row) => row.with(3, typeId(row[3])))
      // The scheduler's name the instance, and its tenant, in the versioned format alone.
      const unscheduled = changed(exists, /^(?:uuid\?uuid|search\?field=(?:instance|tenant))/, (row) =>
        isScheduler(row[3]) ? null : row,
      )
      const watched = changed(unscheduled, /^watch/, (row) => (isScheduler(row[4]) ? row.with(5, '') : row))
      // Of a rebuild's schedule classic is sent by the conductor, in the name of its own host.
      const compared = changed(watched, /^(?:uuid\?uuid|request|search)/, (row) =>
        row[3] === 'compute.instance.rebuild.scheduled' ? row.with(4, '') : row,
      )
      return new Map([...compared].filter(([path, rows]) => rows.length > 1 || !path.startsWith('search?field=tenant')))
    }
    const compared = expectEqual(
      compare('versioned', (found) => found),
      compare('classic', () => null),
    )
    told(`${rules}: versioned = classic to the second: ${compared}`)
  })

  test('what one format alone tells', () => {
    const found = {
      classic: only(names('classic'), names('versioned')),
      versioned: only(names('versioned'), names('classic')),
      both: only(names('both'), names('classic')),
    }
    told(`${rules}: in one format only: ${JSON.stringify(found)}`)
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
        // Classic sends these too, and does not say of which instance.
        'scheduler.select_destinations',
      ],
    }
    expect(found).toEqual({
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
