import type { Instant, Service, TimePeriod } from '@stacktach/domain'
import type pg from 'pg'
import { SEAL_CONSTRAINT } from '../sql/errors.ts'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { raiseHorizon } from '../store/horizon.ts'
import { lockPartitions } from '../store/partitions.ts'

/** A table with the notifications of a service in a period. */
export interface Partition extends TimePeriod {
  service: Service
  name: string
}

interface Selected {
  lower: number
  upper: number
  name: string
  sealed: boolean
}

/** Limits the wait for a partition's lock: while a statement waits for it, all later statements queue behind it. */
export async function setLockTimeout(client: Queryable): Promise<void> {
  await client.query(`set local lock_timeout = '3s'`)
}

/**
 * Raises a service's horizon to the end of the last partition that lies entirely before an instant, and seals each partition
 * before the horizon: after that no process can store rows there, even if it has an older horizon in its cache. This
 * includes partitions before a horizon that an interrupted run raised.
 *
 * @returns the partitions before the horizon, the oldest first
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
    if (last !== undefined) await raiseHorizon(client, service, last.upper)
    return rows
  })
  for (const { name, sealed } of old) {
    if (!sealed) await seal(pool, name)
  }
  return old.map(({ lower, upper, name }) => ({ service, from: lower, until: upper, name }))
}

/** Seals one partition per transaction: locking several could deadlock with a batch that stores into two of them. */
function seal(pool: pg.Pool, name: string): Promise<void> {
  return inTransaction(pool, async (client) => {
    await setLockTimeout(client)
    // Waits for active inserts. The constraint is not validated, so it applies only to new rows.
    await client.query(`alter table ${name} add constraint ${SEAL_CONSTRAINT} check (false) not valid`)
    await client.query('update notification_partition set sealed = true where name = $1', [name])
  })
}
