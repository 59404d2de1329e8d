import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { LARGE, type Line, notification, Server } from './messages.ts'
import { inEachOrder, inOrder, type Stage, startStage } from './play.ts'

const hour = (hours: number) => `${hours}:00`

/** An exists for each hour in a range. */
function hourly(server: Server, from: number, to: number, launched: string, skipped?: number): Line[] {
  return Array.from({ length: to - from }, (_, index) => from + index)
    .filter((start) => start !== skipped)
    .map((start) => server.exists(hour(start), hour(start + 1), `${start + 1}:00:20.110042`, { launched }))
}

function story(name: string, linesOf: (server: Server) => Line[]): { name: string; lines: Line[] } {
  return { name, lines: linesOf(new Server(name)) }
}

/** Shelved, but not offloaded: the exists of the shelve and of the hour overlap. */
const shelved = story('shelved', (server) => [
  ...server.create('07:00:10', '07:00:30.118204', '07:00:31'),
  server.exists('09:00', '09:10:04.200551', '09:10:04.21', { launched: '07:00:30' }),
  server.classic('shelve.start', '09:10:04.25', { launched: '07:00:30' }),
  server.classic('shelve.end', '09:10:40.25', { launched: '07:00:30' }),
  server.exists('09:00', '10:00', '10:00:20.110042', { launched: '07:00:30' }),
])

/** Two hosts report the hour of a live migration. */
const migrated = story('migrated', (server) => [
  ...server.create('07:00:10', '07:00:30.118204', '07:00:31'),
  server.exists('08:00', '09:00', '09:00:10', { launched: '07:00:30', host: 'compute-1' }),
  server.exists('08:00', '09:00', '09:00:11', { launched: '07:00:30', host: 'compute-2' }),
])

/** A resize that fails on the new host after 9:12. */
const resized = story('resized', (server) => [
  ...server.create('07:15:00', '07:15:20.500119', '07:15:22'),
  server.exists('09:00', '09:12:03.900551', '09:12:03.91', { launched: '07:15:20' }),
  server.classic('resize.prep.start', '09:12:03.95', { launched: '07:15:20' }),
  server.classic('finish_resize.start', '09:12:41.7', { launched: '07:15:20', flavor: LARGE }, 'resize'),
  server.classic(
    'update',
    '09:12:49.1',
    { launched: '07:15:20', flavor: LARGE, old_state: 'active', state: 'error' },
    'resize',
  ),
  notification('resized', 'nova', {
    event: 'finish_resize',
    time: '09:12:49.3',
    request: server.request('resize'),
    user: true,
    priority: 'error',
    payload: { exception: "VolumeAttachFailed('timed out')", args: { instance: { uuid: server.uuid } } },
  }),
  server.exists('09:00', '10:00', '10:00:33', { launched: '07:15:20', flavor: LARGE }),
])

/** A volume that cannot be attached: an error without a code, which names the instance in the function's arguments. */
const attached = story('attached', (server) => [
  ...server.create('07:15:00', '07:15:20.500119', '07:15:22'),
  notification('attached', 'nova', {
    event: 'attach_volume',
    time: '08:33:00.1',
    request: server.request('attach'),
    user: true,
    priority: 'error',
    payload: { exception: "VolumeUnattached('login failed')", args: { instance: { uuid: server.uuid } } },
  }),
])

const launched = '09:30:30'
const created = (server: Server) => server.create('09:30:10', '09:30:30.618204', '09:30:32')

const audited = story('audited', (server) => [...created(server), ...hourly(server, 9, 24, launched)])
/** MySQL rounded the launch time of the exists up. */
const rounded = story('rounded', (server) => [...created(server), ...hourly(server, 9, 24, '09:30:31')])
const gap = story('gap', (server) => [...created(server), ...hourly(server, 9, 24, launched, 13)])

/** Resized at 12:20; the exists of the resize ends the first launch. */
const changed = story('changed', (server) => [
  ...created(server),
  ...hourly(server, 9, 12, launched),
  server.exists('12:00', '12:20:00', '12:20:00.1', { launched }),
  server.classic('resize.prep.start', '12:20:01', { launched }),
  server.classic('finish_resize.start', '12:20:20', { launched, flavor: LARGE }, 'resize'),
  server.classic('finish_resize.end', '12:20:31', { launched: '12:20:30.25', flavor: LARGE }, 'resize'),
  ...Array.from({ length: 12 }, (_, index) => index + 12).map((start) =>
    server.exists(hour(start), hour(start + 1), `${start + 1}:00:20`, { launched: '12:20:30', flavor: LARGE }),
  ),
])

/** Daily audits at 6:00. */
const offset = story('offset', (server) => [
  ...server.create('-22:00:00', '-22:00:00.5', '-21:59:59'),
  server.exists('-18:00', '6:00', '6:00:20', { launched: '-22:00:00' }),
  server.exists('6:00', '30:00', '30:00:20', { launched: '-22:00:00' }),
])

const stories = [shelved, migrated, resized, attached, audited, rounded, gap, changed, offset]
const lines = inOrder(stories.flatMap((one) => one.lines))

const hoursOf = (stage: Stage, { name }: { name: string }) => stage.report('instance-hours', name)
const auditOf = (stage: Stage, { name }: { name: string }) => stage.report('nova-usage-audit', name)

describe('under the rules of today', () => {
  let stage: Stage

  beforeAll(async () => {
    stage = await startStage()
  })

  afterAll(() => stage.stop())

  inEachOrder(
    lines,
    () => stage,
    () => {
      test('all exists are verified', async () => {
        expect(
          await stage.query(`select instance, fail_reason from instance_exists where status <> 'verified'`),
        ).toEqual([])
      })

      test('instance hours count a moment once, however many exists report it', async () => {
        expect(await hoursOf(stage, shelved)).toMatchObject({
          total_instance_count: 2,
          total_unit_hours: 8,
          overlapping_exists: 2,
          overlapping_hours: expect.closeTo(604.200551 / 3600, 6),
        })
        expect(await hoursOf(stage, migrated)).toMatchObject({
          total_instance_count: 2,
          total_unit_hours: 8,
          overlapping_hours: 1,
        })
      })

      test('the hour of a resize that failed counts for each flavor while it was valid', async () => {
        expect(await hoursOf(stage, resized)).toMatchObject({
          flavor: { 2: { count: 1, unit_hours: 8 }, 4: { count: 1, unit_hours: 32 } },
        })
      })

      test('hourly audits cover a launch, also after a resize and with a rounded launch time', async () => {
        const whole = {
          summary: { launch_summary: { new_launches: 1, old_launches: 0, failures: 0 } },
          launch_fails: [],
        }
        expect(await auditOf(stage, audited)).toMatchObject({
          ...whole,
          summary: { verifier: { periodic: { count: 14, verified: 14 }, instantaneous: { count: 0 } } },
        })
        expect(await auditOf(stage, rounded)).toMatchObject(whole)
        expect(await auditOf(stage, changed)).toMatchObject({
          summary: { launch_summary: { new_launches: 2, failures: 0 } },
          launch_fails: [],
        })
      })

      test('daily audits at another hour cover a launch of the day before', async () => {
        expect(await auditOf(stage, offset)).toMatchObject({
          summary: { launch_summary: { new_launches: 0, old_launches: 1, failures: 0 } },
          launch_fails: [],
        })
      })

      test('a launch without the exists of an hour fails, and the report shows the gap', async () => {
        expect(await auditOf(stage, gap)).toMatchObject({
          summary: { launch_summary: { failures: 1 } },
          launch_fails: [
            [
              expect.anything(),
              expect.stringContaining('no exists from 2026-11-22 13:00:00 to 2026-11-22 14:00:00'),
              'N',
              'gap',
              'compute-1',
            ],
          ],
        })
      })

      test('the error report lists errors without a code', async () => {
        const [, ...listed] = errorsIn(await stage.report('error-details', attached.name))
        expect(listed).toMatchObject([{ failure_type: 'http', exception: "VolumeUnattached('login failed')" }])
        const [, ...failed] = errorsIn(await stage.report('error-details', resized.name))
        expect(failed).toMatchObject([{ operation: 'resize', failure_type: 'http' }])
      })
    },
  )
})

function errorsIn(report: unknown): unknown[] {
  if (!Array.isArray(report)) throw new Error(`not an error report: ${JSON.stringify(report)}`)
  return report
}

test('under the rules of stacktach only the error report changes', async () => {
  const stage = await startStage({ RULES: 'stacktach' })
  try {
    await stage.play([lines])
    expect(await hoursOf(stage, shelved)).toMatchObject({ total_instance_count: 2, total_unit_hours: 16 })
    expect(await auditOf(stage, audited)).toMatchObject({ summary: { launch_summary: { failures: 1 } } })
    const [, ...listed] = errorsIn(await stage.report('error-details', resized.name))
    expect(listed).toMatchObject([{ operation: 'resize' }])
  } finally {
    await stage.stop()
  }
})
