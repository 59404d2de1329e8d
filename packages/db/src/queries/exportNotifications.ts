import type { Instant, Service, TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** A stored notification in the form that import reads. */
export interface ExportedNotification {
  when: Instant
  deployment: string
  service: Service
  routingKey: string
  /** JSON text of the notification, redacted and without its envelope. */
  body: string
}

/** Rows per fetch: a row can be as large as one megabyte. */
const PAGE = 200

/**
 * Stored notifications of the services in order of `when`, read in batches: memory does not grow with their number.
 */
export async function* exportNotifications(
  database: Database,
  services: readonly Service[],
  period: TimePeriod,
): AsyncGenerator<ExportedNotification> {
  const streams = services.map((service) => ofService(database, service, period))
  const heads = await Promise.all(streams.map(async (stream) => ({ stream, next: await stream.next() })))
  for (;;) {
    let first: (typeof heads)[number] | null = null
    for (const head of heads) {
      if (head.next.done) continue
      if (first === null || first.next.done || head.next.value.when < first.next.value.when) first = head
    }
    if (first === null || first.next.done) return
    yield first.next.value
    first.next = await first.stream.next()
  }
}

async function* ofService(
  { pool }: Database,
  service: Service,
  { from, until }: TimePeriod,
): AsyncGenerator<ExportedNotification, undefined> {
  let [when, id] = [from, 0]
  for (;;) {
    const { rows } = await pool.query<{
      id: number
      when: number
      deployment: string
      routing_key: string | null
      body: string
    }>(
      `select n.id, n."when", d.name as deployment, n.json ->> 0 as routing_key, (n.json -> 1)::text as body
         from notification_${service} n join deployment d on d.id = n.deployment_id
        where n."when" >= $1 and n."when" < $3 and (n."when", n.id) > ($1, $2)
        order by n."when", n.id limit $4`,
      [when, id, until, PAGE],
    )
    for (const row of rows) {
      const { deployment, body } = row
      yield { when: row.when, deployment, service, routingKey: row.routing_key ?? '', body }
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < PAGE) return
    ;[when, id] = [last.when, last.id]
  }
}
