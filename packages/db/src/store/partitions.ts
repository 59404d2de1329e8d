import { DAY, EARLIEST, floorTo, type Instant, type Service } from '@stacktach/domain'
import type pg from 'pg'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { readHorizon } from './horizon.ts'

/** Key of the advisory lock for creating and dropping partitions and raising horizons. */
const PARTITIONS_LOCK = 7246_001

/** Holds the lock until the transaction ends. */
export async function lockPartitions(client: Queryable): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [PARTITIONS_LOCK])
}

/** How long a horizon is cached. A horizon raised meanwhile makes storing fail, which clears the cache. */
const HORIZON_CACHE_MS = 60_000

/** Creates missing partitions. It caches the existing ones, so that only the first notification of a span queries the database. */
export class Partitions {
  readonly #pool: pg.Pool
  readonly #size: number
  /** Service and aligned start of each span that partitions cover. */
  readonly #covered = new Set<string>()
  readonly #horizons = new Map<Service, { instant: Instant; readAt: number }>()

  /** @param days length of a partition */
  constructor(pool: pg.Pool, days: number) {
    this.#pool = pool
    this.#size = days * DAY
  }

  /** The time before which no notification of a service is stored. */
  async horizon(service: Service): Promise<Instant> {
    const cached = this.#horizons.get(service)
    if (cached !== undefined && performance.now() - cached.readAt < HORIZON_CACHE_MS) return cached.instant
    const instant = (await readHorizon(this.#pool, service)) ?? EARLIEST
    this.#horizons.set(service, { instant, readAt: performance.now() })
    return instant
  }

  /** Ensures that there are partitions for the instants. Creates none before the horizon, so storing older rows fails. */
  async ensure(service: Service, instants: Iterable<Instant>): Promise<void> {
    const missing = new Set<Instant>()
    for (const instant of instants) {
      const lower = floorTo(instant, this.#size)
      if (!this.#covered.has(`${service} ${lower}`)) missing.add(lower)
    }
    if (missing.size === 0) return
    for (const lower of [...missing].sort((a, b) => a - b)) await this.#create(service, lower)
    for (const lower of missing) this.#covered.add(`${service} ${lower}`)
  }

  /** Clears the cache, because another process may have sealed or dropped a partition. */
  forget(): void {
    this.#covered.clear()
    this.#horizons.clear()
  }

  /** Covers one aligned span with partitions, leaving out existing ones of another size. */
  #create(service: Service, lower: Instant): Promise<void> {
    const upper = lower + this.#size
    return inTransaction(this.#pool, async (client) => {
      await lockPartitions(client)
      const horizon = (await readHorizon(client, service)) ?? lower
      const existing = await client.query<{ lower: number; upper: number }>(
        `select lower, upper from notification_partition
          where service = $1 and lower < $3 and upper > $2 order by lower`,
        [service, lower, upper],
      )
      let from = Math.min(Math.max(lower, horizon), upper)
      for (const gapEnd of [...existing.rows, { lower: upper, upper }]) {
        if (gapEnd.lower > from) await createPartition(client, service, from, gapEnd.lower)
        from = Math.max(from, gapEnd.upper)
      }
    })
  }
}

async function createPartition(client: pg.PoolClient, service: Service, lower: Instant, upper: Instant): Promise<void> {
  const day = new Date(lower / 1000).toISOString().slice(0, 10).replaceAll('-', '')
  const name = `notification_${service}_${day}_${(upper - lower) / DAY}d`
  // The SQL contains only numbers, and a name derived from them; no text of a notification.
  await client.query(
    `create table if not exists ${name} partition of notification_${service} for values from (${lower}) to (${upper})`,
  )
  await client.query(
    'insert into notification_partition (service, lower, upper, name) values ($1, $2, $3, $4) on conflict do nothing',
    [service, lower, upper, name],
  )
}
