import { DAY, EARLIEST, floorTo, type Instant, type Service } from '@stacktach/domain'
import type pg from 'pg'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { readHorizon } from './horizon.ts'

/** Key of the advisory lock under which partitions are made and dropped, and horizons raised. */
const PARTITIONS_LOCK = 7246_001

/** Until the transaction ends. */
export async function lockPartitions(client: Queryable): Promise<void> {
  await client.query('select pg_advisory_xact_lock($1)', [PARTITIONS_LOCK])
}

/** Milliseconds that a horizon is believed. One that was raised since is noticed at the latest when storing fails. */
const HORIZON_HOLDS = 60_000

/**
 * Makes sure that the partitions for some instants are there. What is known to be there is remembered, so that only the
 * first notification of a span asks the database.
 */
export class Partitions {
  readonly #pool: pg.Pool
  readonly #size: number
  /** Aligned starts of spans that are covered, by service. */
  readonly #covered = new Set<string>()
  readonly #horizons = new Map<Service, { instant: Instant; readAt: number }>()

  /** @param days in one partition */
  constructor(pool: pg.Pool, days: number) {
    this.#pool = pool
    this.#size = days * DAY
  }

  /** The instant before which nothing of a service is stored. */
  async horizon(service: Service): Promise<Instant> {
    const known = this.#horizons.get(service)
    if (known !== undefined && performance.now() - known.readAt < HORIZON_HOLDS) return known.instant
    const instant = (await readHorizon(this.#pool, service)) ?? EARLIEST
    this.#horizons.set(service, { instant, readAt: performance.now() })
    return instant
  }

  /** Nothing is made before the horizon: what belongs there finds no partition. */
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

  /** Forgets what is known: another process may have sealed or dropped a partition. */
  forget(): void {
    this.#covered.clear()
    this.#horizons.clear()
  }

  /** Covers one aligned span with partitions, around those of another size that are there already. */
  #create(service: Service, lower: Instant): Promise<void> {
    const upper = lower + this.#size
    return inTransaction(this.#pool, async (client) => {
      await lockPartitions(client)
      const horizon = (await readHorizon(client, service)) ?? lower
      const present = await client.query<{ lower: string; upper: string }>(
        `select lower, upper from notification_partition
          where service = $1 and lower < $3 and upper > $2 order by lower`,
        [service, lower, upper],
      )
      let from = Math.min(Math.max(lower, horizon), upper)
      for (const gapEnd of [...present.rows, { lower: String(upper), upper: String(upper) }]) {
        if (Number(gapEnd.lower) > from) await createPartition(client, service, from, Number(gapEnd.lower))
        from = Math.max(from, Number(gapEnd.upper))
      }
    })
  }
}

async function createPartition(client: pg.PoolClient, service: Service, lower: Instant, upper: Instant): Promise<void> {
  const day = new Date(lower / 1000).toISOString().slice(0, 10).replaceAll('-', '')
  const name = `notification_${service}_${day}_${(upper - lower) / DAY}d`
  // Numbers and a name made of digits: nothing here comes from a notification's text.
  await client.query(
    `create table if not exists ${name} partition of notification_${service} for values from (${lower}) to (${upper})`,
  )
  await client.query(
    'insert into notification_partition (service, lower, upper, name) values ($1, $2, $3, $4) on conflict do nothing',
    [service, lower, upper, name],
  )
}
