import { findMissingExists, missingByHost, storeAudits, withUsageLock } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import type { Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'

/**
 * Finds the instances that existed in an audit period and sent no exists, and names their hosts in the log. One process at a
 * time.
 */
export async function findMissing(context: JobContext): Promise<Result<'find-missing'>> {
  const found = await withUsageLock(context.database.pool, () => findAll(context))
  return found ?? { hosts: 0 }
}

async function findAll({ database, clock, stopping, logger }: JobContext): Promise<Result<'find-missing'>> {
  await storeAudits(database.pool, clock())
  const period = await findMissingExists(database, clock(), stopping)
  if (period === null) return { hosts: 0 }
  const hosts = await missingByHost(database, period)
  for (const { deployment, host, instances, silent, from, until } of hosts) {
    const fields = { deployment, host, instances, from: formatInstant(from), until: formatInstant(until) }
    logger.warn(fields, silent ? 'a host sent no exists' : 'exists of instances are missing')
  }
  return { hosts: hosts.length }
}
