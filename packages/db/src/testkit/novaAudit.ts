import { DAY, HOUR, type Instant, novaUsageAudit, type Rules } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { auditNovaUsage } from '../reports/auditNovaUsage.ts'
import { everywhere } from './storeTestMessages.ts'
import { insertExists, insertLaunch, novemberTime, type TestExists } from './usageRows.ts'

export const day = novemberTime('20 00:00:00')
export const theDay = { from: day, until: day + DAY }

/** The start of the text of a launch that fails. */
export const notFound = (instance: string, launchedAt: string) =>
  `Couldn't find exists for launch (${instance}, 2026-11-${launchedAt})`

/** Inserts launches and exists, and audits them. */
export function novaAudit(database: () => Database) {
  const audit = (period = theDay, rules: Rules = 'today') => auditNovaUsage(database().pool, everywhere(period, rules))

  const exists = (instance: string, launchedAt: Instant, from: Instant, until: Instant, fields?: Partial<TestExists>) =>
    insertExists(database(), { instance, launchedAt, from, until, ...fields })

  return {
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
