import type { Database } from '@stacktach/db'

const DAYS = 8
const PER_DAY = 10_000
const DAY = 86_400_000_000
const START = 20_000 * DAY

/** The clock: the time of the last row. */
export const MANY_NOW = START + DAYS * DAY

/** Inserts eight daily partitions with 10,000 notifications each, and as many into all other growing tables. */
export async function fillMany(db: Database): Promise<void> {
  const rows = DAYS * PER_DAY
  const when = `${START} + g::bigint * ${DAY / PER_DAY}`
  const hour = `${MANY_NOW} - (${rows} - g)::bigint * ${DAY / 24}`
  const series = `from generate_series(0, ${rows - 1}) g`
  for (const service of ['nova', 'glance', 'generic']) {
    for (let day = 0; day < DAYS; day++) {
      await db.pool.query(
        `create table notification_${service}_${day} partition of notification_${service}
            for values from (${START + day * DAY}) to (${START + (day + 1) * DAY})`,
      )
    }
  }
  const common = `g, ${when}, 1 + g % 4, 'm-' || g, 'm-' || g,
    case when g % 1000 = 7 then 'monitor.error' else 'monitor.info' end, 'compute.host', 'compute',
    'host-' || g % 100, 'event-' || g % 50 || '.start', uuid_of(g / 8), 'req-' || uuid_of(g / 4), 0, '{}'`
  const columns = `id, "when", deployment_id, dedup_key, message_id, routing_key, publisher, service,
    host, event, instance, request_id, image_type, json`
  const statements = [
    `create function uuid_of(n bigint) returns text language sql immutable as 'select md5(n::text)::uuid::text'`,
    `insert into deployment (name) select 'cell-' || g from generate_series(1, 4) g`,
    `insert into notification_nova (${columns}, tenant, state, versioned, os_architecture, os_distro, os_version, rax_options)
     select ${common}, (g % 1000)::text, 'active', false, '', '', '', '' ${series}`,
    `insert into notification_glance (${columns}, uuid, owner) select ${common}, uuid_of(g / 8), (g % 1000)::text ${series}`,
    `insert into notification_generic (${columns}, tenant) select ${common}, (g % 1000)::text ${series}`,
    ...['nova', 'glance', 'generic'].flatMap((service) => [
      span(service, 'id', '(id / 10000)::text'),
      span(service, 'instance', 'instance'),
    ]),
    span('nova', 'request', 'request_id'),
    span('glance', 'image', 'uuid'),
    `insert into lifecycle (instance, notification_id, notification_when, state, folded_when, folded_tie_break, has_classic,
                            has_versioned, launched_at, tenant, deployment_id)
     select instance, max(id), max("when"), 'active', max("when"), '', true, false, 0, (max(id) / 8 % 1000)::text, 1
       from notification_nova group by 1`,
    `insert into event select 'nova', 'event-' || g || '.start' from generate_series(0, 49) g`,
    `insert into timing (instance, name, notification_id, "when", start_id, start_when, start_request_id, end_id, end_when,
                         end_deployment_id, duration, counted)
     select uuid_of(g / 8), 'event-' || g % 50, g, ${when}, g, ${when}, 'req-' || uuid_of(g / 4), g, ${when} + g % 97,
            1 + g % 4, g % 97, true ${series}`,
    // One in ten failed, one in a thousand is open.
    `insert into operation (notification_id, instance, name, request_id, "when", identity, end_when, outcome, attempts,
                            deployment_id, tenant, user_id, host, flavor, image)
     select g, uuid_of(g / 8), 'event-' || g % 50, 'req-' || uuid_of(g / 4), ${when}, '',
            case when g % 1000 <> 0 then ${when} + g % 97 end,
            case when g % 1000 = 0 then 'open' when g % 10 = 1 then 'failed' else 'done' end,
            jsonb_build_array(jsonb_build_object(
              'start', ${when}, 'end', case when g % 1000 <> 0 then ${when} + g % 97 end,
              'outcome', case when g % 1000 = 0 then 'open' when g % 10 = 1 then 'failed' else 'done' end,
              'host', 'host-' || g % 100, 'error', case when g % 10 = 1 then 'error ' || g % 30 end)),
            1 + g % 4, (g % 1000)::text, 'user', 'host-' || g % 100, 'flavor-' || g % 5, 'image-' || g % 7 ${series}`,
    `insert into failure (notification_id, "when", instance, request_id, name, error, host, flavor, image, tenant,
                          deployment_id)
     select g, ${when}, uuid_of(g / 8), 'req-' || uuid_of(g / 4), 'event-' || g % 50, 'error ' || g % 30,
            'host-' || g % 100, 'flavor-' || g % 5, 'image-' || g % 7, (g % 1000)::text, 1 + g % 4
       ${series} where g % 10 = 1`,
    `insert into request_tracker (request_id, start_id, start_when, tenant, duration)
     select 'req-' || g, g, ${when}, (g % 1000)::text, g % 97 ${series}`,
    `insert into instance_launch (instance, request_id, launched_at, first_when)
     select uuid_of(g / 2), 'req-' || g, ${when}, 0 ${series}`,
    `insert into instance_delete (instance, launched_at, deleted_at, notification_id)
     select uuid_of(g / 2), ${when}, ${when}, g ${series}`,
    // The audit periods are days; one exists in a hundred failed.
    `insert into instance_exists (deployment_id, dedup_key, notification_id, "when", instance, launched_at, image_type,
                                  versioned, tenant, status, fail_reason, audit_period_beginning, audit_period_ending)
     select 1 + g % 4, 'm-' || g, g, ${when}, uuid_of(g / 24), 0, 0, false, (g % 1000)::text,
            case when g % 100 = 0 then 'failed' else 'verified' end,
            case when g % 200 = 0 then 'no launch: x' when g % 100 = 0 then 'no delete: x' end,
            (${when}) / ${DAY} * ${DAY} - ${DAY}, (${when}) / ${DAY} * ${DAY} ${series}`,
    `insert into outbox (service, key, message_id, notification_id, notification_when, send_status, created_at)
     select 'nova', g, g, g, ${when}, 201, ${when} ${series}`,
    `insert into missing_exists (instance, "from", until, deployment_id, host, tenant)
     select uuid_of(g / 8), ${when}, ${when} + 1, 1 + g % 4, 'host-' || g % 100, (g % 1000)::text ${series}`,
    `insert into usage_correction ("at", day, instance, tenant, deployment_id, before, after, reason, confirmed)
     select ${when}, 0, uuid_of(g / 8), (g % 1000)::text, 1 + g % 4, 1, 0, 'late notification', false ${series}`,
    // One report per hour.
    `insert into report (name, version, period_start, period_end, created_at, json)
     select 'report-' || g % 10, 1, ${hour}, ${hour}, ${hour}, '{}' ${series}`,
    'analyze',
  ]
  for (const statement of statements) await db.pool.query(statement)
}

function span(service: string, kind: string, key: string): string {
  return `insert into notification_span (service, kind, key, lower, upper)
    select '${service}', '${kind}', ${key}, min("when") / ${DAY} * ${DAY}, (max("when") / ${DAY} + 1) * ${DAY}
      from notification_${service} group by 3`
}
