import type { Service, TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ListedNotification, listedColumns, notificationTable } from './listedNotification.ts'
import { Parameters } from './parameters.ts'

export interface PeriodSearch {
  service: Service
  period: TimePeriod
  /** Undefined for all deployments. */
  deploymentId?: bigint
  event?: string
  limit: number
}

/** A service's notifications in a period, oldest first. */
export async function notificationsOfPeriod(
  db: Database,
  { service, period, deploymentId, event, limit }: PeriodSearch,
): Promise<ListedNotification[]> {
  const parameters = new Parameters()
  const conditions = [`n."when" >= ${parameters.bind(period.from)}`, `n."when" < ${parameters.bind(period.until)}`]
  if (deploymentId !== undefined) conditions.push(`n.deployment_id = ${parameters.bind(deploymentId)}::bigint`)
  if (event !== undefined) conditions.push(`n.event = ${parameters.bind(event)}`)
  const { rows } = await db.pool.query<ListedNotification>(
    `select ${listedColumns(service)}
       from ${notificationTable[service]} n
      where ${conditions.join(' and ')}
      order by n."when", n.id limit ${parameters.bind(limit)}`,
    parameters.values,
  )
  return rows
}
