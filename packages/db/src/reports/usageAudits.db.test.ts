import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { DAY, HOUR, type Instant, parseInstant, SECOND } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { everywhere, storeMessages } from '../testkit/storeTestMessages.ts'
import { auditGlanceUsage } from './auditGlanceUsage.ts'
import { auditNovaUsage } from './auditNovaUsage.ts'
import { deploymentsInRegion } from './scope.ts'

const start = parseInstant('2026-11-20 00:00:00') ?? 0
const period = { from: start, until: start + DAY }

let testDatabase: TestDatabase
let database: Database

beforeEach(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 2 })
})

afterEach(async () => {
  await database.close()
  await testDatabase.drop()
})

const insert = (sql: string, values: unknown[]) => database.pool.query(sql, values)

describe('images created before the day', () => {
  const image = (uuid: string, createdAt: Instant) =>
    insert(
      `insert into image_usage (uuid, created_at, notification_id, "when", tie_break, priority)
       values ($1, $2, 1, $2, '', $2)`,
      [uuid, createdAt],
    )
  const deleted = (uuid: string, at: Instant) =>
    insert(
      `insert into image_delete (uuid, deleted_at, notification_id, "when", tie_break) values ($1, $2, 1, $2, '')`,
      [uuid, at],
    )

  test('each image not deleted by then counts; with StackTach rules all undeleted images count as one', async () => {
    for (const uuid of ['living', 'living-too', 'deleted-later', 'gone']) await image(uuid, start - HOUR)
    await image('new', start + HOUR)
    await deleted('deleted-later', start + HOUR)
    await deleted('gone', start - SECOND)
    expect(await auditGlanceUsage(database.pool, everywhere(period))).toMatchObject({ newImages: 1, oldImages: 3 })
    const asStackTach = await auditGlanceUsage(database.pool, everywhere(period, 'stacktach'))
    expect(asStackTach).toMatchObject({ newImages: 1, oldImages: 2 })
  })
})

describe('launches', () => {
  const launch = (instance: string, launchedAt: Instant) =>
    insert(
      `insert into instance_launch (instance, request_id, launched_at, first_when) values ($1, 'req-' || $1, $2, $2)`,
      [instance, launchedAt],
    )
  const exists = (instance: string, launchedAt: Instant) =>
    insert(
      `insert into instance_exists (deployment_id, dedup_key, notification_id, "when", instance, versioned, launched_at,
                                    audit_period_beginning, audit_period_ending, image_type)
       values (1, $1, 1, $3::bigint + 60000000, $1, false, $2, $3, $3::bigint + $4, 0)`,
      [instance, launchedAt, start, DAY],
    )
  const failures = async (rules: 'today' | 'stacktach') => {
    const { launchFailures } = await auditNovaUsage(database.pool, everywhere(period, rules))
    return launchFailures.map(({ instance, otherExists }) => [instance, otherExists])
  }

  test('a launch fails if the day has no exists for it, or only exists for another launch', async () => {
    await launch('reported', start + HOUR)
    await exists('reported', start + HOUR)
    await launch('unreported', start + HOUR)
    await launch('other', start + HOUR)
    await exists('other', start - HOUR)
    expect(await failures('today')).toEqual([
      ['other', true],
      ['unreported', false],
    ])
  })

  test('with the current rules an exists rounded to the next second by MySQL matches its launch', async () => {
    await launch('rounded', start + HOUR + 0.6 * SECOND)
    await exists('rounded', start + HOUR + SECOND)
    expect(await failures('today')).toEqual([])
    expect(await failures('stacktach')).toEqual([['rounded', true]])
  })

  test('a launch belongs to the region whose deployment last reported its request', async () => {
    await storeMessages(database, [
      { at: start + HOUR, event: 'compute.instance.create.start', request: 'req-here', deployment: 'east.1' },
      { at: start + HOUR, event: 'compute.instance.create.start', request: 'req-moved', deployment: 'east.1' },
      { at: start + HOUR + 1, event: 'compute.instance.create.end', request: 'req-moved', deployment: 'west.1' },
    ])
    for (const instance of ['here', 'moved', 'nowhere']) await launch(instance, start + HOUR)
    const of = async (region: string) => {
      const covered = await deploymentsInRegion(database.pool, { region, names: [] })
      const scope = { ...everywhere(period), deployments: covered.map(({ id }) => id) }
      const { newLaunches, launchFailures } = await auditNovaUsage(database.pool, scope)
      return { newLaunches, instances: launchFailures.map(({ instance, deployment }) => [instance, deployment]) }
    }
    expect(await of('east')).toEqual({ newLaunches: 1, instances: [['here', 'east.1']] })
    expect(await of('west')).toEqual({ newLaunches: 1, instances: [['moved', 'west.1']] })
  })
})
