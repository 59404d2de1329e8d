import type { Database } from '@stacktach/db'
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '@stacktach/domain'
import { HOSTILE, NOW, web, worker } from './fillDatabase.ts'

/** Failed attempts of the last day in one more than a page. */
export const FAILURES = 51

/** Timings of `compute.instance.create`, in one more than a page of the slowest. */
export const TIMINGS = 26

interface Open {
  id: number
  name: string
  when: Instant
  instance: string
}

/** Inserts what the pages of operators show. Every text that a cloud can choose contains markup. */
export async function fillFindings({ pool }: Database): Promise<void> {
  await pool.query('insert into deployment (name, last_when) values ($1, $2), ($3, $4), ($5, null)', [
    'east',
    NOW - MINUTE,
    `west ${HOSTILE}`,
    NOW - 15 * MINUTE - 1,
    'new',
  ])
  const open: Open[] = [
    { id: 1, name: 'compute.instance.resize', when: NOW - 2 * HOUR, instance: web },
    // Three times its p99 are 78 s, but ten minutes are the least.
    { id: 2, name: 'compute.instance.create', when: NOW - 9 * MINUTE, instance: worker },
    // Three times its p99 are an hour.
    { id: 3, name: 'compute.instance.snapshot', when: NOW - 50 * MINUTE, instance: worker },
  ]
  for (const { id, name, when, instance } of open) {
    const attempts = [{ start: when, end: null, outcome: 'open', host: `host ${HOSTILE}`, error: null }]
    await pool.query(
      `insert into operation (notification_id, instance, name, request_id, "when", identity, outcome, attempts, deployment_id,
                              tenant, host, flavor)
       values ($1, $2, $3, $4, $5, '', 'open', $6, 1, $7, $8, $9)`,
      [
        id,
        instance,
        name,
        `req-${id}`,
        when,
        JSON.stringify(attempts),
        HOSTILE,
        `host ${HOSTILE}`,
        `flavor ${HOSTILE}`,
      ],
    )
  }
  // A hundred operations that ended, on the host of the failures.
  await pool.query(
    `insert into operation (notification_id, instance, name, request_id, "when", identity, end_when, outcome, attempts,
                            deployment_id, host, flavor)
     select 100 + n, $1, 'compute.instance.create', 'req-done', $2, '', $2, 'done', '[]', 1, $3, null
       from generate_series(1, 100) n`,
    [web, NOW - HOUR, `host ${HOSTILE}`],
  )
  // One failure every ten minutes in the last hours, and one before the last day.
  await pool.query(
    `insert into failure (notification_id, "when", instance, request_id, name, error, host, flavor, image, tenant, deployment_id)
     select n, $1::bigint - n * $2::bigint, $3, 'req-failed', 'compute.instance.create', $4, $5, null, $6, $7, 1
       from generate_series(1, $8::int) n
      union all
     select 1000, $1::bigint - $9::bigint, $3, '', 'compute.instance.rebuild', 'OldError', 'host-old', 'small', null, null, 2`,
    [NOW, 10 * MINUTE, web, `Error ${HOSTILE}`, `host ${HOSTILE}`, `image ${HOSTILE}`, HOSTILE, FAILURES, DAY + MINUTE],
  )
  await pool.query(
    `insert into timing (instance, name, notification_id, "when", start_id, start_when, start_request_id, end_id, end_when,
                         end_deployment_id, duration, counted)
     select case n when $1::int then $2 else $3 end, 'compute.instance.create', n, $4, n, $4, 'req-timing', n,
            $4 + n * $5::bigint, 1, n * $5::bigint, true
       from generate_series(1, $1::int) n
      union all
     select $3, 'compute.instance.snapshot', 500, $4, 500, $4, 'req-timing', 500, $4 + $6::bigint, 2, $6::bigint, true`,
    [TIMINGS, web, worker, NOW - 3 * HOUR, SECOND, 20 * MINUTE],
  )
  await pool.query(
    `insert into instance_exists (deployment_id, dedup_key, notification_id, "when", instance, launched_at, image_type,
                                  versioned, status, fail_reason, send_status, audit_period_ending)
     values (1, 'a', 1, 1, $1, 1, 0, false, 'failed', $2, 0, $3), (1, 'b', 2, 1, $1, 1, 0, false, 'failed', $2, 201, $3),
            (1, 'c', 3, 1, $1, 1, 0, false, 'failed', $2, 0, $4), (1, 'd', 4, 1, $1, 1, 0, false, 'verified', null, 201, $3)`,
    [web, `no launch ${HOSTILE}: of ${HOSTILE}`, NOW - HOUR, NOW - 8 * DAY],
  )
  await pool.query(
    `insert into rejected_message (deployment, exchange, routing_key, reason, detail, body, body_size, body_sha256, received_at)
     select 'east', 'nova', 'info', $1, $1, '', 0, n, $2 from generate_series(1, 2) n`,
    [`not json ${HOSTILE}`, NOW - MINUTE],
  )
  await pool.query(
    `insert into backlog (kind, shard, key, "when", notification_id) values ('instance', 0, $1, $2, 1), ('request', 0, 'r', 0, 2)`,
    [web, NOW - 2 * MINUTE],
  )
}
