import { type Service, services } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ListedNotification, listedColumns, notificationTable } from '../queries/listedNotification.ts'
import { inArrivalSnapshot, transactionSnapshot } from './arrivalQueries.ts'
import type { Arrival } from './arrivals.ts'
import { type ArrivalPosition, beforeTransaction, compareArrivals } from './position.ts'
import { FIRST_TRANSACTION_ID, fullTransactionId, TRANSACTION_IDS } from './transactionId.ts'

/** Selects arrivals; an undefined field selects all. */
export interface ArrivalFilter {
  service?: Service | undefined
  /** Name. */
  deployment?: string | undefined
  event?: string | undefined
  instance?: string | undefined
  /** Only notifications that were published as errors. */
  errors?: boolean
}

/** Number of rows of each service, newest first, in which latestArrivals searches. */
export const LATEST_SEARCHED_ROWS = 5_000

/**
 * The latest arrivals that match the filter, newest first, and the position after them. An ArrivalReader that starts at the
 * position returns the following ones.
 */
export function latestArrivals(
  db: Database,
  filter: ArrivalFilter,
  limit: number,
): Promise<{ arrivals: Arrival[]; position: ArrivalPosition }> {
  return inArrivalSnapshot(db, async (client) => {
    const { horizon } = await transactionSnapshot(client)
    const arrivals: Arrival[] = []
    for (const service of filter.service === undefined ? services : [filter.service]) {
      const { rows } = await client.query<ListedNotification & { xmin: number }>({
        name: `arrivals_latest_${service}`,
        text: latestStatement(service),
        values: [
          filter.deployment ?? null,
          filter.event ?? null,
          filter.instance ?? null,
          filter.errors ?? false,
          limit,
          horizon,
        ],
      })
      for (const { xmin, ...notification } of rows) {
        const position = { transaction: fullTransactionId(xmin, horizon), service, id: notification.id }
        arrivals.push({ position, service, notification })
      }
    }
    arrivals.sort((a, b) => compareArrivals(b.position, a.position))
    return { arrivals: arrivals.slice(0, limit), position: beforeTransaction(horizon) }
  })
}

/** Rows of transactions from the horizon on are left out, because they can arrive before others. */
function latestStatement(service: Service): string {
  return `
select ${listedColumns(service)}, n.inserted_by as xmin
  from (select *, xmin::text::bigint as inserted_by from ${notificationTable[service]} order by id desc limit ${LATEST_SEARCHED_ROWS}) n
 where ($1::text is null or n.deployment_id = (select id from deployment where name = $1))
   and ($2::text is null or n.event = $2)
   and ($3::text is null or n.instance = $3)
   and (not $4::boolean or n.routing_key like '%error')
   and n.inserted_by >= ${FIRST_TRANSACTION_ID}
   and mod(mod($6::bigint - 1, ${TRANSACTION_IDS}) - n.inserted_by + ${TRANSACTION_IDS}, ${TRANSACTION_IDS}) < ${TRANSACTION_IDS / 2}
 order by n.id desc
 limit $5::bigint`
}
