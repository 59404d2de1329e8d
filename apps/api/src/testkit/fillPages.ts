import type { Database } from '@stacktach/db'
import { formatDuration, formatInstant, SECOND, toUnixSeconds } from '@stacktach/domain'
import { at, image, NOW, resize, web, worker } from './fixture.ts'

/** Number of rows in each list; more than the maximum limit. */
export const MANY = 1_200

/** Notifications in each of the three seconds of the burst; together more than MAX_ROWS of watch. */
export const BURST_PER_SECOND = 4_000

const BEGIN = at('10:00:00')
/** Start of the burst. */
export const BURST = at('11:00:00')

type Row = unknown[]

/** The expected list of an endpoint: header, and all rows in their order. */
export interface Listing {
  /** Below `/stacky/`, without limit and offset. */
  path: string
  header: string[]
  rows: Row[]
  /** Number of rows when no limit is set. */
  defaultLimit: number
}

const routingKeys = ['monitor.info', 'monitor.error', 'error', 'monitor.errors']

/** The sort key: three rows share each of 400 keys, so that ids break ties, and the order is not the order of the ids. */
const sortKey = (id: number) => (id * 7) % 400
const ids = Array.from({ length: MANY }, (_, index) => index + 1)

/** The ids sorted by the key, then by id. */
function ordered(key: (id: number) => number, sign: 1 | -1 = 1, tie: 1 | -1 = sign): number[] {
  return [...ids].sort((a, b) => sign * (key(a) - key(b)) || tie * (a - b))
}

const name = (kind: string, id: number) => `${kind}-${String(id).padStart(5, '0')}`
const when = (id: number) => BEGIN + sortKey(id) * SECOND + (id % 2 === 0 ? 0 : 1)
const duration = (id: number) => sortKey(id) * 1_234_567
const isError = (id: number) => (routingKeys[id % 4]?.endsWith('error') ? 'E' : ' ')

const notification = (id: number, event: string): Row => [
  id,
  isError(id),
  formatInstant(when(id)),
  'west',
  event,
  'host-1',
]
const novaRow = (id: number) => [...notification(id, 'compute.instance.reboot.start'), 'active', null, '']
const glanceRow = (id: number) => [...notification(id, 'image.update'), 'active']
const genericRow = (id: number) => [...notification(id, 'volume.create'), web, resize]

const start = formatInstant(BEGIN)
const reportRow = (id: number, format: (instant: number) => unknown) => [
  id,
  format(BEGIN),
  format(BEGIN + SECOND),
  format(when(id)),
  'hourly',
  1,
]

const common = ['#', '?', 'When', 'Deployment', 'Event', 'Host']
const nova = [...common, 'State', "State'", "Task'"]
const reports = ['Id', 'Start', 'End', 'Created', 'Name', 'Version']

/** All lists that have a limit. */
export const listings: readonly Listing[] = [
  list(`uuid?uuid=${web}`, [...nova.slice(0, -1), 'Task'], ordered(when).map(novaRow)),
  list(`uuid?service=glance&uuid=${image}`, [...common, 'Status'], ordered(when).map(glanceRow)),
  list(`uuid?service=generic&uuid=${web}`, [...common, 'Instance', 'Request id'], ordered(when).map(genericRow)),
  list(`request?request_id=${resize}`, nova, ordered(when).map(novaRow)),
  list(`search?field=instance&value=${web}`, nova, ordered(when, -1).map(novaRow)),
  list(`search?service=glance&field=owner&value=5000`, [...common, 'Status'], ordered(when, -1).map(glanceRow)),
  list(
    `search?service=generic&field=request_id&value=${resize}`,
    [...common, 'Instance', 'Request id'],
    ordered(when, -1).map(genericRow),
  ),
  list(
    'timings?name=compute.instance.reboot',
    ['compute.instance.reboot', 'Time'],
    ordered(duration).map((id) => [web, formatDuration(duration(id))]),
  ),
  list(
    `timings/uuid?uuid=${web}`,
    ['?', 'Event', 'Time (secs)'],
    ordered(when).map((id) => ['.', 'compute.instance.reboot', formatDuration(duration(id))]),
    1000,
  ),
  list(
    `usage/launches?instance=${web}`,
    ['UUID', 'Launched At', 'Instance Type Id', 'Instance Flavor Id'],
    ordered(when, -1).map((id) => [web, formatInstant(when(id)), String(id), null]),
    1000,
  ),
  list(
    `usage/deletes?instance=${web}`,
    ['UUID', 'Launched At', 'Deleted At'],
    ordered(when, -1).map((id) => [web, formatInstant(BEGIN + id), formatInstant(when(id))]),
    1000,
  ),
  list(
    'usage/exists?',
    ['UUID', 'Launched At', 'Deleted At', 'Instance Type Id', 'Instance Flavor Id', 'Message ID', 'Status'],
    ordered(when, -1).map((id) => [web, start, null, null, null, `m-${id}`, 'pending']),
    1000,
  ),
  list(
    'reports?',
    reports,
    ordered(when).map((id) => reportRow(id, toUnixSeconds)),
  ),
  list(
    'reports/search?name=hourly',
    reports,
    ids.toReversed().map((id) => reportRow(id, formatInstant)),
  ),
]

function list(path: string, header: string[], rows: Row[], defaultLimit = 50): Listing {
  return { path, header, rows, defaultLimit }
}

/** The lists without a limit, with their answers. */
export const unlimited: readonly [path: string, body: unknown][] = [
  ['events', [['Event Name'], ...ids.map((id) => [name('event', id)])]],
  ['hosts', [['Host Name'], ...ids.map((id) => [name('host', id)])]],
  [
    'kpi',
    [
      ['Event', 'Time', 'UUID', 'Deployment'],
      ...ordered(duration).map((id) => ['compute.instance.reboot', formatDuration(duration(id)), web, 'west']),
    ],
  ],
]

/** The rows that watch sends for one second of the burst (0, 1 or 2). */
export function burstRows(second: number): Row[] {
  return Array.from({ length: BURST_PER_SECOND }, (_, index) => {
    const id = MANY + second * BURST_PER_SECOND + index + 1
    return [id, ' ', ...formatInstant(burstWhen(second, index)).split(' '), 'east', 'compute.instance.update', worker]
  })
}

/** Times up to the end of the second, with two rows at each. */
function burstWhen(second: number, index: number): number {
  return BURST + second * SECOND + SECOND - Math.floor((BURST_PER_SECOND - 1 - index) / 2)
}

/** Inserts MANY rows into each table, and the burst of notifications. */
export async function fillPages({ pool }: Database): Promise<void> {
  const lower = at('00:00:00')
  await pool.query(`insert into deployment (name) values ('west'), ('east')`)
  for (const service of ['nova', 'glance', 'generic']) {
    await pool.query(
      `create table notification_${service}_20 partition of notification_${service}
         for values from (${lower}) to (${lower + 86_400 * SECOND})`,
    )
  }
  const rows = ids.map((id) => ({
    id,
    when: when(id),
    duration: duration(id),
    key: routingKeys[id % 4],
    event: name('event', id),
    host: name('host', id),
    request: name('req', id),
  }))
  const burst = [0, 1, 2].flatMap((second) =>
    burstRows(second).map(([id], index) => ({ id, when: burstWhen(second, index) })),
  )
  const source =
    'json_to_recordset($1) as r(id bigint, "when" bigint, duration bigint, key text, event text, host text, request text)'
  const columns = 'id, "when", deployment_id, dedup_key, routing_key, publisher, service, host, image_type, json'
  const values = `id, "when", 1, id, key, 'compute.host-1', 'compute', 'host-1', 0, '{}'`
  const states = `state, old_state, task, old_task`
  const system = 'versioned, os_architecture, os_distro, os_version, rax_options'
  const statements = [
    `insert into notification_nova (${columns}, event, instance, request_id, ${states}, ${system})
     select ${values}, 'compute.instance.reboot.start', '${web}', '${resize}', 'active', null, '', '', false, '', '', '', ''`,
    `insert into notification_glance (${columns}, event, uuid, request_id, owner, status)
     select ${values}, 'image.update', '${image}', '', '5000', 'active'`,
    `insert into notification_generic (${columns}, event, instance, request_id, ${states})
     select ${values}, 'volume.create', '${web}', '${resize}', '', '', '', ''`,
    `insert into timing (id, instance, name, notification_id, "when", start_id, start_when, end_id, end_when, duration, counted)
     select id, '${web}', 'compute.instance.reboot', id, "when", id, "when", id, "when" + duration, duration, true`,
    `insert into request_tracker (request_id, start_id, start_when, timing_id, event, instance, deployment_id, end_when, duration)
     select request, id, "when", id, 'compute.instance.reboot', '${web}', 1, "when" + duration, duration`,
    `insert into instance_launch (id, instance, request_id, launched_at, instance_type_id, first_when)
     select id, '${web}', request, "when", id::text, 1`,
    `insert into instance_delete (id, instance, launched_at, deleted_at, notification_id)
     select id, '${web}', ${BEGIN} + id, "when", id`,
    `insert into instance_exists (id, deployment_id, dedup_key, message_id, notification_id, "when", instance, launched_at, image_type, versioned)
     select id, 1, 'm-' || id, 'm-' || id, id, "when", '${web}', ${BEGIN}, 0, false`,
    `insert into report (id, name, version, period_start, period_end, created_at, json)
     select id, 'hourly', 1, ${BEGIN}, ${BEGIN + SECOND}, "when", '{}'`,
    `insert into event (service, name) select 'nova', event`,
    `insert into host (service, name) select 'nova', host`,
  ]
  for (const statement of statements) await pool.query(`${statement} from ${source}`, [JSON.stringify(rows)])
  await pool.query(
    `insert into notification_nova (${columns}, event, instance, request_id, ${states}, ${system})
     select ${values.replace('1, id', '2, id').replace('key,', "'monitor.info',")}, 'compute.instance.update', '${worker}', '', '', '', '', '', false, '', '', '', ''
       from ${source}`,
    [JSON.stringify(burst)],
  )
  const spans = [
    `('nova', 'instance', '${web}')`,
    `('nova', 'request', '${resize}')`,
    `('glance', 'image', '${image}')`,
    `('generic', 'instance', '${web}')`,
  ]
  await pool.query(
    `insert into notification_span (service, kind, key, lower, upper)
     select *, ${lower}, ${NOW} from (values ${spans.join(', ')}) as keys`,
  )
}
