import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { at, LARGE, type Line, Server } from './messages.ts'
import { inEachOrder, inOrder, type Stage, startStage } from './play.ts'

/** Image properties that classic notifications have. */
const IMAGE = {
  image_meta: {
    'org.openstack__1__architecture': 'x64',
    'org.openstack__1__os_distro': 'org.ubuntu',
    'org.openstack__1__os_version': '24.04',
    'com.rackspace__1__options': '0',
  },
}

interface Situation {
  server: Server
  lines: Line[]
}

function situation(name: string, linesOf: (server: Server) => Line[], defaults = {}): Situation {
  const server = new Server(name, 'server', defaults)
  return { server, lines: linesOf(server) }
}

/** A create.end with the word for success in the language of the compute host. */
const translated = ['成功', 'Erfolg', 'Sucesso'].map((message, index) =>
  situation(`translated-${index}`, (server) => [
    ...server.create('08:00:10', '08:00:30.118204', '08:00:31', { message }),
    server.exists('08:00', '09:00', '09:00:20', { launched: '08:00:30' }),
  ]),
)

/** A create that failed on its first host, in every language: its end has no launch time. */
const rescheduled = situation('rescheduled', (server) => [
  server.classic('create.start', '08:00:10'),
  server.classic('create.end', '08:00:20', { message: 'Die Instanz wurde neu geplant' }, 'create'),
  server.classic('create.start', '08:00:21'),
  server.classic('create.end', '08:00:31', { message: 'Erfolg', launched: '08:00:30.118204' }),
  server.exists('08:00', '09:00', '09:00:20', { launched: '08:00:30' }),
])

/** A resize that fails on the new host: the instance has the new flavor and the old launch time. */
function failedResize(name: string, exact: string, stored: string): Situation {
  return situation(name, (server) => [
    ...server.create('07:15:00', exact, '07:15:22'),
    server.exists('09:00', '09:12:03.900551', '09:12:03.91', { launched: stored }),
    server.classic('resize.prep.start', '09:12:03.95', { launched: stored }),
    server.classic('resize.prep.end', '09:12:05.1', { launched: stored }, 'resize'),
    server.classic('finish_resize.start', '09:12:41.7', { launched: stored, flavor: LARGE }, 'resize'),
    server.classic('update', '09:12:49.1', { launched: stored, flavor: LARGE, state: 'error' }, 'resize'),
    server.exists('09:00', '10:00', '10:00:33', { launched: stored, flavor: LARGE }),
    server.classic('reboot.end', '10:21:09', { launched: stored, flavor: LARGE }),
    server.exists('10:00', '11:00', '11:00:31', { launched: stored, flavor: LARGE }),
  ])
}
const failed = failedResize('failed-resize', '07:15:20.500119', '07:15:20')
const failedRounded = failedResize('failed-resize-rounded', '07:15:20.500119', '07:15:21')

/** Audits during a resize and during its revert; the audit before the revert's end reports a mix of both. */
const audited = situation('audited', (server) => [
  ...server.create('07:15:00', '07:15:20.2', '07:15:21'),
  server.classic('resize.prep.start', '08:59:40', { launched: '07:15:20' }),
  server.classic('finish_resize.start', '08:59:58', { launched: '07:15:20', flavor: LARGE }, 'resize'),
  server.exists('08:00', '09:00', '09:00:10', { launched: '07:15:20', flavor: LARGE }),
  server.classic('finish_resize.end', '09:00:40', { launched: '09:00:39.3', flavor: LARGE }, 'resize'),
  server.classic('resize.revert.start', '09:59:30', { launched: '09:00:39', flavor: LARGE }, 'revert'),
  server.exists('09:00', '10:00', '10:00:10', { launched: '09:00:39' }),
  server.exists('09:00', '10:00', '10:00:12', { launched: '10:00:40', flavor: LARGE, host: 'compute-2' }),
  server.classic('resize.revert.end', '10:00:41', { launched: '10:00:40.1' }, 'revert'),
  server.exists('10:00', '11:00', '11:00:10', { launched: '10:00:40' }),
])

/** Two hosts report the hour of a live migration. */
const migrated = situation('migrated', (server) => [
  ...server.create('07:15:00', '07:15:20.2', '07:15:21'),
  server.exists('08:00', '09:00', '09:00:10', { launched: '07:15:20', host: 'compute-1' }),
  server.exists('08:00', '09:00', '09:00:11', { launched: '07:15:20', host: 'compute-2' }),
])

/** The format changes after the launch, in either direction. */
const toVersioned = situation('to-versioned', (server) => [
  ...server.create('08:20:10', '08:20:30.118204', '08:20:31', IMAGE),
  server.exists('09:00', '10:00', '10:00:20', { launched: '08:20:30', ...IMAGE }),
  server.versionedExists('10:00', '11:00', '11:00:20', { launched: '08:20:30' }),
  server.versioned('resize_prep.start', '11:30:00', { launched: '08:20:30' }),
  server.versioned('resize_finish.end', '11:30:20', { launched: '11:30:19', flavor: LARGE }),
  server.versionedExists('11:00', '12:00', '12:00:20', { launched: '11:30:19', flavor: LARGE }),
])
const toClassic = situation('to-classic', (server) => [
  server.versioned('create.start', '08:20:10'),
  server.versioned('create.end', '08:20:31', { launched: '08:20:30' }),
  server.exists('09:00', '10:00', '10:00:20', { launched: '08:20:30', ...IMAGE }),
])

/** Keystone accepts any text as a project id. */
const tenants = ['7c6f2f5e-3b1a-4d3c-9a60-9f5d3a1f1e11', 'default', 'Ümläut_project'].map((tenant, index) =>
  situation(
    `tenant-${index}`,
    (server) => [
      ...server.create('08:00:10', '08:00:30.118204', '08:00:31'),
      server.exists('08:00', '09:00', '09:00:20', { launched: '08:00:30' }),
    ],
    { tenant },
  ),
)

/** Launched before notifications were stored, and unshelved later. */
const unknown = situation('unknown', (server) => [
  server.exists('08:00', '09:00', '09:00:20', { launched: '06:00:00' }),
  server.classic('unshelve.end', '12:00:31', { launched: '12:00:30.5' }),
  server.exists('12:00', '13:00', '13:00:20', { launched: '12:00:30' }),
])

/** A flavor that the instance never had, and a tenant that is not its own. */
const wrong = situation('wrong', (server) => [
  ...server.create('08:00:10', '08:00:30.118204', '08:00:31'),
  server.exists('08:00', '09:00', '09:00:20', { launched: '08:00:30', flavor: LARGE, tenant: 'other' }),
])

const verified = [
  ...translated,
  rescheduled,
  failed,
  failedRounded,
  audited,
  migrated,
  toVersioned,
  toClassic,
  ...tenants,
]
const lines = inOrder([...verified, unknown, wrong].flatMap((one) => one.lines))

const launchesOf = async (stage: Stage, { server }: Situation) =>
  (await stage.rows(`usage/launches?instance=${server.uuid}`)).map(([, launchedAt, , flavor]) => [launchedAt, flavor])

const verdictsOf = async (stage: Stage, situations: readonly Situation[]) =>
  Object.fromEntries(
    await Promise.all(
      situations.map(async ({ server }) => [server.deployment, await stage.verdicts(server.uuid)] as const),
    ),
  )

const isExists = ({ body }: Line) => /instance\.exists"/.test(body['oslo.message'])

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
      test('every exists that was true at some moment of its flow is verified', async () => {
        expect(await verdictsOf(stage, verified)).toEqual(
          Object.fromEntries(
            verified.map((one) => [one.server.deployment, one.lines.filter(isExists).map(() => null)]),
          ),
        )
      })

      test('a translated success is a launch', async () => {
        for (const one of [...translated, rescheduled]) {
          expect(await launchesOf(stage, one)).toEqual([[at('08:00:30.118204'), '2']])
        }
      })

      test('a failed resize is a launch with the new flavor', async () => {
        expect(await launchesOf(stage, failed)).toEqual([
          [at('07:15:20.500119'), '2'],
          [at('07:15:20'), '4'],
        ])
      })

      test('an exists that was never true fails, and the reason names the closest launch and every field', async () => {
        expect(await stage.verdicts(wrong.server.uuid)).toEqual([
          'launch differs: instance_flavor_id is "4" in the exists and "2" in the launch, tenant is "other" in the exists and ' +
            `"${wrong.server.defaults.tenant}" in the launch; the closest launch is at 2026-11-22 08:00:30.118204, of request ` +
            wrong.server.request('create'),
        ])
        expect(await stage.verdicts(unknown.server.uuid)).toEqual([
          expect.stringMatching(
            /^no launch: .* no launch at 2026-11-22 06:00:00; the closest launch is at 2026-11-22 12:00:30/,
          ),
          null,
        ])
      })
    },
  )
})

test('the level all requires of a versioned exists nothing that its format does not have, and names every field', async () => {
  const stage = await startStage({ VERIFY_LEVEL: 'all', VERIFY_FLAVOR_FIELD: 'instance_type_id' })
  try {
    const bare = situation('bare', (server) => [
      ...server.create('08:20:10', '08:20:30.118204', '08:20:31', IMAGE),
      server.exists('09:00', '10:00', '10:00:20', { launched: '08:20:30', tenant: '' }),
    ])
    await stage.play([[...toVersioned.lines, ...toClassic.lines, ...bare.lines]])
    expect(await stage.verdicts(toVersioned.server.uuid)).toEqual([null, null, null])
    const [reason] = await stage.verdicts(bare.server.uuid)
    for (const field of ['tenant', 'rax_options', 'os_architecture', 'os_distro', 'os_version']) {
      expect(reason).toContain(field)
    }
    expect(await stage.verdicts(toClassic.server.uuid)).toEqual([null])
  } finally {
    await stage.stop()
  }
})

test('under the rules of stacktach nothing of this is verified', async () => {
  const stage = await startStage({ RULES: 'stacktach' })
  try {
    await stage.play([lines])
    const [, german] = translated
    expect(german && (await stage.verdicts(german.server.uuid))).toEqual([expect.stringMatching(/^no launch: /)])
    const differs = expect.stringMatching(/^launch differs: /)
    expect(await stage.verdicts(failed.server.uuid)).toEqual([null, differs, differs])
    expect(await stage.verdicts(failedRounded.server.uuid)).toContainEqual(differs)
    expect(await stage.verdicts(toVersioned.server.uuid)).toContainEqual(differs)
    expect(await verdictsOf(stage, tenants)).toEqual(
      Object.fromEntries(
        tenants.map(({ server }) => [server.deployment, [expect.stringMatching(/^field invalid: tenant is /)]]),
      ),
    )
  } finally {
    await stage.stop()
  }
})
