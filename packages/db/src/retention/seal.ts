import type { Instant, Service, TimePeriod } from '@stacktach/domain'
import type pg from 'pg'
import { SEAL } from '../sql/errors.ts'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { raiseHorizon } from '../store/horizon.ts'
import { lockPartitions } from '../store/partitions.ts'

/** A table with the notifications of a service in a period. */
export interface Partition extends TimePeriod {
  service: Service
  name: string
}

interface Selected {
  lower: string
  upper: string
  name: string
  sealed: boolean
}

/** Until then a statement waits for others that use a partition; those that come after it wait, too. */
const LOCK_TIMEOUT = `set local lock_timeout = '3s'`

/** Lets a transaction give up rather than hold up all who come after it. */
export async function withPatience(client: Queryable): Promise<void> {
  await client.query(LOCK_TIMEOUT)
}

/**
 * Raises a service's horizon to the end of the last partition that lies wholly before an instant, and seals each partition
 * before the horizon: from then on nothing can be stored there, by no process, whatever horizon it knows of. A horizon
 * that was raised before, and not lived up to because the process ended, is lived up to now.
 *
 * @returns the partitions that lie before the horizon, the oldest first
 */
export async function sealPartitions(pool: pg.Pool, service: Service, before: Instant): Promise<Partition[]> {
  const old = await inTransaction(pool, async (client) => {
    await lockPartitions(client)
    const { rows } = await client.query<Selected>(
      `select lower, upper, name, sealed from notification_partition
        where service = $1
          and (upper <= $2 or upper <= (select instant from horizon where kind = $1))
        order by lower`,
      [service, before],
    )
    const last = rows.at(-1)
    if (last !== undefined) await raiseHorizon(client, service, Number(last.upper))
    return rows
  })
  for (const { name, sealed } of old) {
    if (!sealed) await seal(pool, name)
  }
  return old.map(({ lower, upper, name }) => ({ service, from: Number(lower), until: Number(upper), name }))
}

/** One at a time: a batch that goes into two partitions may hold one of them while it waits for the other. */
function seal(pool: pg.Pool, name: string): Promise<void> {
  return inTransaction(pool, async (client) => {
    await withPatience(client)
    // Waits for whoever stores there. Not validated, so that it says nothing about the rows there are.
    await client.query(`alter table ${name} add constraint ${SEAL} check (false) not valid`)
    await client.query('update notification_partition set sealed = true where name = $1', [name])
  })
}
