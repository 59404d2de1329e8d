import {
  correctionReason,
  DAY,
  floorTo,
  type Instant,
  isFinal,
  sumSegments,
  type UsageChange,
  type UsageSum,
  usageChanges,
} from '@stacktach/domain'
import type pg from 'pg'
import type { Database } from '../connection/open.ts'
import { isDelivered } from '../sql/existsStatus.ts'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { unnest } from '../sql/unnest.ts'
import { readHorizon } from '../store/horizon.ts'
import { auditsDue } from './auditsDue.ts'
import { examineAgain } from './findMissing.ts'
import { instancesOf } from './instancesOf.ts'
import { type ReadUsage, readUsage } from './readUsage.ts'

/** Instances whose usage of a day is read at once. */
const INSTANCES_PER_BATCH = 500

/** Changed times that one transaction compares. */
const CHANGES_PER_BATCH = 200

/**
 * The days that can be closed, oldest first: all audits must have reported them, and their notifications must be folded.
 * The first one is the day in which the first exists begins.
 */
export async function daysToClose({ pool }: Pick<Database, 'pool'>, now: Instant): Promise<Instant[]> {
  const horizon = await readHorizon(pool, 'aggregates')
  const { all } = await auditsDue(pool, now, now)
  const { rows } = await pool.query<{ first: Instant | null; folded: Instant | null }>(
    `select (select min(audit_period_beginning)
               from (select audit_period_beginning from instance_exists
                      where audit_period_ending is not null order by audit_period_ending limit 1000) as earliest) as first,
            (select min("when") from backlog where kind = 'instance') as folded`,
  )
  const [bounds] = rows
  if (bounds === undefined || bounds.first === null) return []
  const first = Math.max(floorTo(bounds.first, DAY), horizon === null ? 0 : floorTo(horizon + DAY - 1, DAY))
  const last = Math.min(all, bounds.folded ?? all) - DAY
  const { rows: days } = await pool.query<{ day: Instant }>(
    `select day from generate_series($1::bigint, $2::bigint, ${DAY}::bigint) as day
      where not exists (select from usage_closed c where c.day = day.day) order by day`,
    [first, last],
  )
  return days.map(({ day }) => day)
}

/**
 * Stores the usage of all instances on a day, and marks the day as closed. After an interruption it starts again.
 *
 * @param stopping aborted: the day stays open
 * @returns the number of instances
 */
export async function closeDay(
  { pool }: Pick<Database, 'pool'>,
  day: Instant,
  now: Instant,
  stopping: AbortSignal,
): Promise<number> {
  const period = { from: day, until: day + DAY }
  let count = 0
  for (let after: string | undefined = ''; after !== undefined; ) {
    if (stopping.aborted) return count
    const start: string = after
    const instances = await inSnapshot(pool, async (client) => {
      const batch = await instancesOf(client, { period, tenants: null, after: start }, INSTANCES_PER_BATCH)
      const due = await auditsDue(client, period.until, now)
      const wanted = batch.map((instance) => ({ instance, ...period }))
      await writeDays(
        client,
        (await readUsage(client, wanted, due)).map((read) => toDay(read, day, false)),
      )
      return batch
    })
    count += instances.length
    after = instances.length < INSTANCES_PER_BATCH ? undefined : instances.at(-1)
  }
  await pool.query('insert into usage_closed (day) values ($1) on conflict do nothing', [day])
  return count
}

interface DayRow {
  instance: string
  day: Instant
  sums: UsageSum[]
  final: boolean
}

/** @param wasFinal once final, always final: billing may have read it */
function toDay({ instance, usage, life }: ReadUsage, day: Instant, wasFinal: boolean): DayRow {
  const final = wasFinal || (life !== null && isFinal(usage))
  return { instance, day, sums: sumSegments(usage.segments), final }
}

async function writeDays(client: Queryable, days: readonly DayRow[]): Promise<void> {
  if (days.length === 0) return
  const rows = days.map((row) => ({ ...row, sums: JSON.stringify(row.sums) }))
  const { sql, values } = unnest({ instance: 'text', day: 'bigint', sums: 'text', final: 'boolean' }, rows)
  await client.query(
    `insert into usage_day (instance, day, sums, final)
     select instance, day, sums::json, final from ${sql}
     on conflict (instance, day) do update set sums = excluded.sums, final = excluded.final`,
    values,
  )
}

/** How long a day that is not final is examined again each day. */
const EXAMINED_AGAIN = 62 * DAY

/**
 * Queues the days of instances whose usage is not final. What explains their gaps can arrive without a change of an exists
 * or a life.
 */
export async function queueOpenDays({ pool }: Pick<Database, 'pool'>, now: Instant): Promise<void> {
  await pool.query(
    `insert into usage_changed (instance, "from", until)
     select instance, day, day + ${DAY} from usage_day where not final and day >= $1 order by day, instance`,
    [now - EXAMINED_AGAIN],
  )
}

/** Corrections that were stored. */
export interface StoredCorrections {
  /** Changed times that were compared; 0: the queue is empty. */
  changes: number
  corrections: number
  /** Those of usage that the billing system or the broker has. */
  confirmed: number
}

/**
 * Compares the usage of some queued times with the closed days, and stores what differs: as a correction if it was final or
 * confirmed. Usage with a pending exists waits for its verdict, which queues the time again.
 */
export function storeCorrections({ pool }: Pick<Database, 'pool'>, now: Instant): Promise<StoredCorrections> {
  return inSnapshot(pool, async (client) => {
    const { rows: changes } = await client.query<{ id: number }>(
      'select id from usage_changed order by id limit $1 for update skip locked',
      [CHANGES_PER_BATCH],
    )
    const ids = changes.map(({ id }) => id)
    const horizon = (await readHorizon(client, 'aggregates')) ?? 0
    const { rows: changed } = await client.query<{ instance: string; day: Instant }>(
      `select distinct c.instance, d.day from usage_changed c
         join usage_closed d on d.day < c.until and d.day + ${DAY} > c."from" and d.day >= $2
        where c.id = any($1) order by d.day, c.instance`,
      [ids, horizon],
    )
    const stored = { changes: ids.length, corrections: 0, confirmed: 0 }
    for (const day of new Set(changed.map((row) => row.day))) {
      const instances = changed.filter((row) => row.day === day).map(({ instance }) => instance)
      const { corrections, confirmed } = await correctDay(client, day, instances, now)
      stored.corrections += corrections
      stored.confirmed += confirmed
    }
    await client.query('delete from usage_changed where id = any($1)', [ids])
    return stored
  })
}

async function correctDay(client: Queryable, day: Instant, instances: readonly string[], now: Instant) {
  const period = { from: day, until: day + DAY }
  const due = await auditsDue(client, period.until, now)
  const wanted = instances.map((instance) => ({ instance, ...period }))
  const read = (await readUsage(client, wanted, due)).filter(
    ({ usage: { counts } }) => counts.pending + counts.verifying === 0,
  )
  const before = await readDays(client, day, instances)
  const confirmed = await confirmedOf(client, wanted)
  const rows = read.flatMap(({ instance, usage }) => {
    const stored = before.get(instance) ?? NO_USAGE
    const changes = usageChanges(stored.sums, sumSegments(usage.segments))
    if (changes.length === 0 || !(stored.final || confirmed.has(instance))) return []
    const reason = correctionReason(changes, usage.counts)
    return changes.map((change) =>
      toRow({ ...change, instance, day, reason, at: now, confirmed: confirmed.has(instance) }),
    )
  })
  await writeCorrections(client, rows)
  await examineAgain(client, day, instances, now)
  await writeDays(
    client,
    read.map((row) => toDay(row, day, (before.get(row.instance) ?? NO_USAGE).final)),
  )
  return { corrections: rows.length, confirmed: rows.filter((row) => row.confirmed).length }
}

/** An instance that was not known when the day was closed: that it has no usage was final. */
const NO_USAGE: Pick<DayRow, 'sums' | 'final'> = { sums: [], final: true }

async function readDays(client: Queryable, day: Instant, instances: readonly string[]) {
  const { rows } = await client.query<DayRow>(
    'select instance, day, sums, final from usage_day where day = $1 and instance = any($2)',
    [day, instances],
  )
  return new Map(rows.map((row) => [row.instance, row]))
}

/** The instances whose exists of the day the billing system or the broker has. */
async function confirmedOf(
  client: Queryable,
  wanted: readonly { instance: string; from: Instant; until: Instant }[],
): Promise<ReadonlySet<string>> {
  const [first] = wanted
  if (first === undefined) return new Set()
  const { rows } = await client.query<{ instance: string }>(
    `select distinct instance from instance_exists e
      where instance = any($1) and "when" >= $2 and audit_period_ending > $3 and audit_period_beginning < $4
        and ${isDelivered('e')}`,
    [wanted.map(({ instance }) => instance), first.from - DAY, first.from, first.until],
  )
  return new Set(rows.map(({ instance }) => instance))
}

type Correction = UsageChange & {
  instance: string
  day: Instant
  reason: string
  at: Instant
  confirmed: boolean
}

function toRow({ deploymentId, flavorName, memoryMb, ...row }: Correction) {
  return { ...row, deployment_id: deploymentId, flavor_name: flavorName, memory_mb: memoryMb }
}

const correctionTypes = {
  at: 'bigint',
  day: 'bigint',
  instance: 'text',
  tenant: 'text',
  deployment_id: 'int',
  flavor: 'text',
  flavor_name: 'text',
  memory_mb: 'bigint',
  before: 'bigint',
  after: 'bigint',
  reason: 'text',
  confirmed: 'boolean',
} as const

async function writeCorrections(client: Queryable, rows: readonly ReturnType<typeof toRow>[]): Promise<void> {
  if (rows.length === 0) return
  const { sql, columns, values } = unnest(correctionTypes, rows)
  await client.query(`insert into usage_correction (${columns}) select ${columns} from ${sql}`, values)
}

/** Runs statements in one snapshot (repeatable read) that may also write. */
function inSnapshot<T>(pool: pg.Pool, work: (client: Queryable) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query('set transaction isolation level repeatable read')
    return work(client)
  })
}
