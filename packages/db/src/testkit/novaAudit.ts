import { afterAll, beforeAll, beforeEach } from '@jest/globals'
import { DAY, HOUR, type Instant, novaUsageAudit, type Rules } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { auditNovaUsage } from '../reports/auditNovaUsage.ts'
import { everywhere } from './storeTestMessages.ts'
import { insertExists, insertLaunch, novemberTime, type TestExists } from './usageRows.ts'

export const day = novemberTime('20 00:00:00')
export const theDay = { from: day, until: day + DAY }

/** The start of the text of a launch that fails. */
export const notFound = (instance: string, launchedAt: string) =>
  `Couldn't find exists for launch (${instance}, 2026-11-${launchedAt})`

/** Gives the tests of a file a database, empty before each test; inserts launches and exists, and audits them. */
export function novaAudit() {
  let testDatabase: TestDatabase
  let opened: Database
  const database = () => opened

  beforeAll(async () => {
    testDatabase = await createTestDatabase(migrate)
    opened = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 2 })
  })

  beforeEach(() => opened.pool.query('truncate instance_launch, instance_exists, instance_delete, timing'))

  afterAll(async () => {
    await opened.close()
    await testDatabase.drop()
  })

  const audit = (period = theDay, rules: Rules = 'today') => auditNovaUsage(database().pool, everywhere(period, rules))

  const exists = (instance: string, launchedAt: Instant, from: Instant, until: Instant, fields?: Partial<TestExists>) =>
    insertExists(database(), { instance, launchedAt, from, until, ...fields })

  return {
    database,
    audit,
    exists,

    launch: (instance: string, launchedAt: Instant, firstWhen = launchedAt) =>
      insertLaunch(database(), { instance, launchedAt, firstWhen }),

    /** An exists for each audit period of `length` between two times. */
    async audits(instance: string, launchedAt: Instant, from: Instant, until: Instant, length = HOUR) {
      for (let start = from; start < until; start += length) await exists(instance, launchedAt, start, start + length)
    },

    /** The texts of the launches that fail. */
    async failures(period = theDay, rules: Rules = 'today') {
      return novaUsageAudit.shape(await audit(period, rules)).launch_fails.map(([, text]) => text)
    },
  }
}
