import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { at, type Line, Server } from './messages.ts'
import { inEachOrder, inOrder, type Stage, startStage } from './play.ts'

const LAUNCHED = { exact: '08:02:30.118204', stored: '08:02:30' }

/** A server that was created at 8:02. */
function created(name: string, launched = LAUNCHED.exact): { server: Server; lines: Line[] } {
  const server = new Server(name)
  return { server, lines: server.create('08:02:10.204511', launched, '08:02:32') }
}

/** A deferred delete; nova audits the instance hourly, and reclaims it later. */
function reclaimed(name: string, launched = LAUNCHED.exact, stored = LAUNCHED.stored) {
  const { server, lines } = created(name, launched)
  lines.push(
    server.classic('soft_delete.end', '09:40:14.008812', { launched, deleted: '09:40:12.331870' }),
    server.exists('09:00', '10:00', '10:00:41.21', { launched: stored, deleted: '09:40:12' }),
    server.exists('10:00', '11:00', '11:00:38.11', { launched: stored, deleted: '09:40:12' }),
    server.classic('delete.start', '11:40:50.300001', { launched: stored, deleted: '09:40:12' }),
    server.classic('delete.end', '11:40:52.800001', {
      launched: stored,
      deleted: '11:40:52.690331',
      terminated: '11:40:52.400117',
    }),
    server.exists('11:00', '12:00', '12:00:36.11', {
      launched: stored,
      deleted: '11:40:53',
      terminated: '11:40:52',
    }),
  )
  return { server, lines }
}

/** Deletes of an instance in the API: launched_at and deleted_at. */
const deletesOf = async (stage: Stage, { uuid }: Server) =>
  (await stage.rows(`usage/deletes?instance=${uuid}`)).map(([, launchedAt, deletedAt]) => [launchedAt, deletedAt])

const timingsOf = async (stage: Stage, { uuid }: Server) =>
  (await stage.rows(`timings/uuid?uuid=${uuid}`)).map(([sign, name]) => `${sign} ${name}`)

const plain = reclaimed('reclaimed')
/** MySQL rounds the launch time up; the object in nova-compute's memory still has the exact one. */
const rounded = reclaimed('reclaimed-rounded', '08:02:30.618204', '08:02:31')

/** Soft-deleted and restored, twice, and soft-deleted again. */
const restored = created('restored')
restored.lines.push(
  restored.server.classic('soft_delete.end', '09:45:01.608812', {
    launched: LAUNCHED.exact,
    deleted: '09:45:00.50187',
  }),
  restored.server.exists('09:00', '10:00', '10:00:41', { launched: LAUNCHED.stored, deleted: '09:45:01' }),
  restored.server.classic('restore.end', '10:20:02.108812', { launched: LAUNCHED.exact }),
  restored.server.exists('10:00', '11:00', '11:00:38', { launched: LAUNCHED.stored }),
)
const deletedAgain = created('deleted-again')
deletedAgain.lines.push(
  deletedAgain.server.versioned('soft_delete.end', '09:10:01', { launched: LAUNCHED.stored, deleted: '09:10:00' }),
  deletedAgain.server.versioned('restore.end', '09:20:01', { launched: LAUNCHED.stored }),
  deletedAgain.server.versionedExists('09:00', '10:00', '10:00:41', { launched: LAUNCHED.stored }),
  deletedAgain.server.versioned('soft_delete.end', '10:10:01', { launched: LAUNCHED.stored, deleted: '10:10:00' }),
  deletedAgain.server.versionedExists('10:00', '11:00', '11:00:38', {
    launched: LAUNCHED.stored,
    deleted: '10:10:00',
  }),
)

/** Deleted by the API, because the host is down. */
const forced = created('forced')
forced.lines.push(
  forced.server.classic('force_delete.start', '09:20:01.010233', { launched: LAUNCHED.stored }),
  forced.server.classic('force_delete.end', '09:20:03.408812', {
    launched: LAUNCHED.stored,
    deleted: '09:20:03.31187',
    terminated: '09:20:03.20187',
  }),
  forced.server.exists('09:00', '10:00', '10:00:22', {
    launched: LAUNCHED.stored,
    deleted: '09:20:03',
    terminated: '09:20:03',
  }),
)

/** Soft-deleted, then deleted by the API before nova reclaims it. */
const forcedAfterSoft = created('forced-after-soft')
forcedAfterSoft.lines.push(
  forcedAfterSoft.server.classic('soft_delete.end', '09:10:02', { launched: LAUNCHED.exact, deleted: '09:10:01.5' }),
  forcedAfterSoft.server.exists('09:00', '10:00', '10:00:22', { launched: LAUNCHED.stored, deleted: '09:10:02' }),
  forcedAfterSoft.server.versioned('force_delete.end', '10:30:03.4', {
    launched: LAUNCHED.stored,
    deleted: '10:30:03',
    terminated: '10:30:03',
  }),
  forcedAfterSoft.server.exists('10:00', '11:00', '11:00:22', {
    launched: LAUNCHED.stored,
    deleted: '10:30:03',
    terminated: '10:30:03',
  }),
)

/** nova-compute dies during the delete, and reports its end in another request. */
const crashed = created('crashed')
crashed.lines.push(
  crashed.server.classic('delete.start', '09:00:00', { launched: LAUNCHED.exact }, 'by user'),
  crashed.server.classic(
    'delete.end',
    '09:07:30.25',
    { launched: LAUNCHED.stored, deleted: '09:00:02.5', terminated: '09:00:02.25' },
    'after restart',
  ),
)

/** The notification of the delete was lost; an operator imports one. */
const repaired = created('repaired')
repaired.lines.push(
  repaired.server.exists('09:00', '10:00', '10:00:22', { launched: LAUNCHED.stored, deleted: '09:20:03' }),
)
const repair = repaired.server.classic('delete.end', '09:20:03', {
  launched: LAUNCHED.stored,
  deleted: '09:20:03',
  terminated: '09:20:03',
})

const servers = [plain, rounded, restored, deletedAgain, forced, forcedAfterSoft, crashed, repaired]
const lines = inOrder([...servers.flatMap((server) => server.lines), repair])

const stored = at(LAUNCHED.stored)

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
      test('a reclaimed instance has one delete, and each of its exists agrees with what nova had stored then', async () => {
        expect(await deletesOf(stage, plain.server)).toEqual([[stored, at('11:40:52.400117')]])
        expect(await stage.verdicts(plain.server.uuid)).toEqual([null, null, null])
        expect(await deletesOf(stage, rounded.server)).toEqual([[at('08:02:31'), at('11:40:52.400117')]])
        expect(await stage.verdicts(rounded.server.uuid)).toEqual([null, null, null])
      })

      test('a restored instance has no delete; soft-deleted again, it has the last one', async () => {
        expect(await deletesOf(stage, restored.server)).toEqual([])
        expect(await stage.verdicts(restored.server.uuid)).toEqual([null, null])
        expect(await deletesOf(stage, deletedAgain.server)).toEqual([[stored, at('10:10:00')]])
        expect(await stage.verdicts(deletedAgain.server.uuid)).toEqual([null, null])
      })

      test('a delete by the API counts, and its timing has its own name', async () => {
        expect(await deletesOf(stage, forced.server)).toEqual([[stored, at('09:20:03.201870')]])
        expect(await stage.verdicts(forced.server.uuid)).toEqual([null])
        expect(await timingsOf(stage, forced.server)).toContain('. compute.instance.force_delete')
        expect(await deletesOf(stage, forcedAfterSoft.server)).toEqual([[stored, at('10:30:03')]])
        expect(await stage.verdicts(forcedAfterSoft.server.uuid)).toEqual([null, null])
      })

      test('a delete that ends after a crash has a whole timing, and the request of the user has ended', async () => {
        expect(await timingsOf(stage, crashed.server)).toEqual([
          '. compute.instance.create',
          '. compute.instance.delete',
        ])
        expect(
          await stage.query('select event, duration from request_tracker where request_id = $1', [
            crashed.server.request('by user'),
          ]),
        ).toEqual([['compute.instance.delete', 450_250_000]])
        expect(await deletesOf(stage, crashed.server)).toEqual([[stored, at('09:00:02.250000')]])
      })

      test('an imported delete repairs a lost one', async () => {
        expect(await deletesOf(stage, repaired.server)).toEqual([[stored, at('09:20:03')]])
        expect(await stage.verdicts(repaired.server.uuid)).toEqual([null])
      })
    },
  )

  test('without its delete, an exists with a deletion time fails; after the repair it is verified', async () => {
    await stage.play([repaired.lines])
    expect(await stage.verdicts(repaired.server.uuid)).toEqual([
      'no delete: deleted_at is 2026-11-22 09:20:03 in the exists, but the launch at 2026-11-22 08:02:30 has no delete',
    ])
    await stage.play([repaired.lines, [repair]])
    expect(await stage.verdicts(repaired.server.uuid)).toEqual([null])
  })
})

test('under the rules of stacktach only delete.end is a delete', async () => {
  const stage = await startStage({ RULES: 'stacktach' })
  try {
    await stage.play([lines])
    expect(await deletesOf(stage, plain.server)).toEqual([[stored, at('11:40:52.400117')]])
    const differs = expect.stringMatching(/^delete differs: /)
    expect(await stage.verdicts(plain.server.uuid)).toEqual([differs, differs, differs])
    expect(await deletesOf(stage, restored.server)).toEqual([])
    expect(await stage.verdicts(restored.server.uuid)).toEqual([expect.stringMatching(/^no delete: /), null])
    expect(await deletesOf(stage, forced.server)).toEqual([])
    expect(await timingsOf(stage, crashed.server)).toEqual(['. compute.instance.create', '. compute.instance.delete'])
    expect(
      await stage.query('select event from request_tracker where request_id = $1', [crashed.server.request('by user')]),
    ).toEqual([])
  } finally {
    await stage.stop()
  }
})
