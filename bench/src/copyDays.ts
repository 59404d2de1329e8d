import { IDS_PER_SPAN, Partitions } from '@stacktach/db'
import { DAY, floorTo } from '@stacktach/domain'
import type { Stack } from './stack.ts'

/** Greater than every id of the first day, and a multiple of IDS_PER_SPAN. */
const IDS_PER_DAY = 4_000_000

/** Columns with identifiers, which get new values in a copy. */
const identifierColumns =
  /^(?:instance|(?:start_|end_)?request_id|dedup_key|message_id|uuid|key|(?:start_|end_)?identity|(?:folded_)?tie_break)$/
/** Columns with times, which are shifted by days in a copy. */
const timeColumns = new RegExp(
  `^(?:${[
    '(?:start_|end_|notification_|folded_|first_|last_)?when',
    '(?:launched|terminated|(?:payload_)?deleted|created)_at',
    'audit_period_\\w+|lower|upper',
  ].join('|')})$`,
)
/** Columns with row ids, which are shifted by IDS_PER_DAY in a copy. */
const idColumns = /^(?:id|notification_id|(?:start|end|timing|launch|delete|usage)_id)$/

/** The tables with a cloud's data; each table comes before those that refer to its ids. */
const tables = [
  'notification_nova',
  'notification_glance',
  'notification_span',
  'lifecycle',
  'timing',
  'operation',
  'failure',
  'request_tracker',
  'instance_launch',
  'instance_delete',
  'instance_exists',
  'image_usage',
  'image_delete',
  'image_exists',
]

/** A shortened original message: only `show` reads it. */
const narrowOriginal = `json_build_array(routing_key, json_build_object(
  'event_type', event, 'publisher_id', publisher, 'message_id', message_id, '_context_request_id', request_id))`

/**
 * Adds days that are copies of the stored day, including its aggregates, with other instances and requests. It uses SQL
 * because publishing ten million notifications would take an hour.
 *
 * @param lastDay number of the last day; the existing day is 0
 * @param onDay called after each day
 */
export async function copyDays(stack: Stack, lastDay: number, onDay: (day: number) => void): Promise<void> {
  const { pool } = stack
  const columns = new Map<string, string[]>()
  for (const table of tables) columns.set(table, await columnsOf(stack, table))
  const partitions = new Partitions(pool, 7)
  const { rows: ranges } = await pool.query<{ service: 'nova' | 'glance'; first: string; last: string }>(`
    select 'nova' as service, min("when") as first, max("when") as last from notification_nova
    union all select 'glance', min("when"), max("when") from notification_glance`)
  const firstDayEnd = floorTo(Math.min(...ranges.map(({ first }) => Number(first))), DAY) + DAY
  for (let day = 1; day <= lastDay; day++) {
    for (const { service, first, last } of ranges) {
      await partitions.ensure(service, [Number(first) + day * DAY, Number(last) + day * DAY])
    }
    for (const [table, names] of columns) await copyTable(stack, table, names, day, firstDayEnd)
    await copyIdSpans(stack, day)
    onDay(day)
  }
  await pool.query('update deployment set last_when = (select max("when") from notification_nova)')
  await pool.query('vacuum analyze')
}

async function copyTable(
  { pool }: Stack,
  table: string,
  names: readonly string[],
  day: number,
  firstDayEnd: number,
): Promise<void> {
  const condition = table === 'notification_span' ? `kind <> 'id' and lower < ${firstDayEnd}` : firstDayOnly(names)
  const values = names.map((name) => copiedValue(name, day)).join(', ')
  const into = names.map((name) => `"${name}"`).join(', ')
  const order = names.includes('id') ? 'id' : 1
  await pool.query(`insert into ${table} (${into}) select ${values} from ${table} where ${condition} order by ${order}`)
}

async function copyIdSpans({ pool }: Stack, day: number): Promise<void> {
  await pool.query(`
    insert into notification_span (service, kind, key, lower, upper)
    select service, kind, (key::bigint + ${(day * IDS_PER_DAY) / IDS_PER_SPAN})::text,
           lower + ${day * DAY}, upper + ${day * DAY}
      from notification_span where kind = 'id' and key::bigint < ${IDS_PER_DAY / IDS_PER_SPAN}`)
}

/** Copies are made of the first day only, not of other copies. */
function firstDayOnly(names: readonly string[]): string {
  const id = ['id', 'notification_id', 'start_id'].find((name) => names.includes(name))
  return `${id} < ${IDS_PER_DAY}`
}

/** Maps each identifier to another one of the same form, by rotating its hexadecimal digits. */
function otherIdentifier(name: string, day: number): string {
  const digits = '0123456789abcdef'
  const rotated = digits.slice(day % 16) + digits.slice(0, day % 16)
  return `case when "${name}" like 'req-%' then 'req-' || translate(substr("${name}", 5), '${digits}', '${rotated}')
               else translate("${name}", '${digits}', '${rotated}') end`
}

function copiedValue(name: string, day: number): string {
  if (name === 'json') return narrowOriginal
  if (identifierColumns.test(name)) return otherIdentifier(name, day)
  if (timeColumns.test(name)) return `"${name}" + ${day * DAY}`
  if (idColumns.test(name)) return `"${name}" + ${day * IDS_PER_DAY}`
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
