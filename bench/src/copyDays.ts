import { IDS_PER_SPAN, Partitions } from '@stacktach/db'
import { DAY, floorTo } from '@stacktach/domain'
import type { Stack } from './stack.ts'

/** Beyond every id of the first day, and a whole number of the ids that share a span. */
const IDS_A_DAY = 4_000_000

/** Of these columns the copy's values are other ones. */
const identities =
  /^(?:instance|(?:start_|end_)?request_id|dedup_key|message_id|uuid|key|(?:start_|end_)?identity|(?:folded_)?tie_break)$/
const instants =
  /^(?:(?:start_|end_|notification_|folded_|first_)?when|(?:launched|terminated|(?:payload_)?deleted|created)_at|audit_period_\w+|lower|upper)$/
const ids = /^(?:id|notification_id|(?:start|end|timing|launch|delete|usage)_id)$/

/** What a day of a cloud leaves behind, each table before those that have its ids. */
const tables = [
  'notification_nova',
  'notification_glance',
  'notification_span',
  'lifecycle',
  'timing',
  'request_tracker',
  'instance_launch',
  'instance_delete',
  'instance_exists',
  'image_usage',
  'image_delete',
  'image_exists',
]

/** Nobody but `show` reads an original. */
const narrowOriginal = `json_build_array(routing_key, json_build_object(
  'event_type', event, 'publisher_id', publisher, 'message_id', message_id, '_context_request_id', request_id))`

/**
 * Adds days that are like the one that is stored, with all that was made of it: the same happens to other instances, by other
 * requests. Written in SQL, since ten million notifications would take the broker an hour.
 *
 * @param number of the last day; the first one, which is there, is 0
 * @param onDay told of each day
 */
export async function copyDays(stack: Stack, number: number, onDay: (day: number) => void): Promise<void> {
  const { pool } = stack
  const columns = new Map<string, string[]>()
  for (const table of tables) columns.set(table, await columnsOf(stack, table))
  const partitions = new Partitions(pool, 7)
  const { rows: spans } = await pool.query<{ service: 'nova' | 'glance'; first: string; last: string }>(`
    select 'nova' as service, min("when") as first, max("when") as last from notification_nova
    union all select 'glance', min("when"), max("when") from notification_glance`)
  const end = floorTo(Math.min(...spans.map(({ first }) => Number(first))), DAY) + DAY
  for (let day = 1; day <= number; day++) {
    for (const { service, first, last } of spans) {
      await partitions.ensure(service, [Number(first) + day * DAY, Number(last) + day * DAY])
    }
    for (const [table, names] of columns) {
      const only = table === 'notification_span' ? `kind <> 'id' and lower < ${end}` : onlyFirst(names)
      const values = names.map((name) => copied(name, day))
      const into = names.map((name) => `"${name}"`).join(', ')
      await pool.query(
        `insert into ${table} (${into}) select ${values.join(', ')} from ${table} where ${only} order by ${names.includes('id') ? 'id' : 1}`,
      )
    }
    await pool.query(`
      insert into notification_span (service, kind, key, lower, upper)
      select service, kind, (key::bigint + ${(day * IDS_A_DAY) / IDS_PER_SPAN})::text, lower + ${day * DAY}, upper + ${day * DAY}
        from notification_span where kind = 'id' and key::bigint < ${IDS_A_DAY / IDS_PER_SPAN}`)
    onDay(day)
  }
  await pool.query('update deployment set last_when = (select max("when") from notification_nova)')
  await pool.query('vacuum analyze')
}

/** Copies are made of the first day, never of copies. */
function onlyFirst(names: readonly string[]): string {
  const id = ['id', 'notification_id', 'start_id'].find((name) => names.includes(name))
  return `${id} < ${IDS_A_DAY}`
}

/** Another id of the same form for each id: its hexadecimal digits are others. */
function otherId(name: string, day: number): string {
  const digits = '0123456789abcdef'
  const others = digits.slice(day % 16) + digits.slice(0, day % 16)
  return `case when "${name}" like 'req-%' then 'req-' || translate(substr("${name}", 5), '${digits}', '${others}')
               else translate("${name}", '${digits}', '${others}') end`
}

function copied(name: string, day: number): string {
  if (name === 'json') return narrowOriginal
  if (identities.test(name)) return otherId(name, day)
  if (instants.test(name)) return `"${name}" + ${day * DAY}`
  if (ids.test(name)) return `"${name}" + ${day * IDS_A_DAY}`
  return `"${name}"`
}

async function columnsOf({ pool }: Stack, table: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped
      and attgenerated = '' order by attnum`,
    [table],
  )
  return rows.map(({ name }) => name)
}
