import type { Database } from '@stacktach/db'
import type { Ask } from './pipeline.ts'

export type Row = readonly unknown[]

/** Answers by path; the first row of each is the header. */
export type Answers = ReadonlyMap<string, readonly Row[]>

const PAGE_ROWS = 1000
const SERVICES = ['nova', 'glance', 'generic'] as const

/** The notifications and what they are about, read from the tables. */
interface Subjects {
  /** Message id and format of each service's notifications, by row id. */
  messages: Record<string, Map<number, { messageId: string; versioned: boolean }>>
  instances: string[]
  images: string[]
  requests: string[]
  tenants: string[]
}

async function subjectsOf({ pool }: Database): Promise<Subjects> {
  const texts = async (sql: string) => (await pool.query<{ text: string }>(`${sql} order by 1`)).rows.map((r) => r.text)
  const messages: Subjects['messages'] = {}
  for (const service of SERVICES) {
    const versioned = service === 'nova' ? 'versioned' : 'false'
    const { rows } = await pool.query<{ id: string; message_id: string; versioned: boolean }>(
      `select id, message_id, ${versioned} as versioned from notification_${service}`,
    )
    messages[service] = new Map(
      rows.map(({ id, message_id, versioned }) => [Number(id), { messageId: message_id, versioned }]),
    )
  }
  return {
    messages,
    instances: await texts(`select distinct instance as text from notification_nova where instance is not null`),
    images: await texts(`select distinct uuid as text from notification_glance where uuid is not null`),
    requests: await texts(`select distinct request_id as text from notification_nova where request_id like 'req-%'`),
    tenants: await texts(`select distinct tenant as text from notification_nova where tenant is not null`),
  }
}

/**
 * Requests everything from every endpoint: all pages, for each instance, image, request, timing name, tenant, event and
 * notification. Row ids are replaced by the message ids of their notifications; those of reports are left out.
 *
 * @param without leaves out the rows of versioned notifications in lists of notifications
 * @param shown also requests each notification alone
 */
export async function everyAnswer(
  database: Database,
  ask: Ask,
  { without = 'nothing', shown = false }: { without?: 'versioned' | 'nothing'; shown?: boolean } = {},
): Promise<Answers> {
  const subjects = await subjectsOf(database)
  const answers = new Map<string, readonly Row[]>()

  const get = async (path: string): Promise<readonly unknown[]> => {
    const { status, body } = await ask(`/stacky/${path}`)
    if (status !== 200 || !Array.isArray(body)) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }
  const message = (service: string, id: unknown) => {
    const found = subjects.messages[service]?.get(Number(id))
    if (found === undefined) throw new Error(`there is no ${service} notification ${id}`)
    return found
  }
  const named = (service: string, rows: readonly Row[]) =>
    rows
      .filter(([id]) => without === 'nothing' || !message(service, id).versioned)
      .map(([id, ...row]) => [message(service, id).messageId, ...row])
  /** All pages of a list. */
  const pages = async (path: string): Promise<readonly Row[]> => {
    const rows: Row[] = []
    for (let offset = 0; ; offset += PAGE_ROWS) {
      const separator = path.includes('?') ? '&' : '?'
      const [header, ...page] = table(await get(`${path}${separator}limit=${PAGE_ROWS}&offset=${offset}`))
      if (offset === 0 && header !== undefined) rows.push(header)
      rows.push(...page)
      if (page.length < PAGE_ROWS) return rows
    }
  }
  const list = async (path: string) => answers.set(path, await pages(path))
  const listNotifications = async (path: string, service = 'nova') => {
    const [header, ...rows] = await pages(path)
    answers.set(path, header === undefined ? [] : [header, ...named(service, rows)])
  }

  for (const path of ['deployments', 'events?service=all', 'kpi', 'summary', 'summary?limit=all']) {
    answers.set(path, table(await get(path)))
  }
  for (const service of SERVICES) {
    answers.set(`events?service=${service}`, table(await get(`events?service=${service}`)))
    answers.set(`hosts?service=${service}`, table(await get(`hosts?service=${service}`)))
    const path = `watch/0?since=0&service=${service}`
    const [widths, rows] = await get(path)
    answers.set(path, [table([widths])[0] ?? [], ...named(service, table(rows))])
    for (const [event] of (answers.get(`events?service=${service}`) ?? []).slice(1)) {
      await listNotifications(`search?service=${service}&field=event&value=${event}`, service)
    }
  }
  for (const name of ['launches', 'deletes', 'exists']) await list(`usage/${name}`)
  const starts = (answers.get('events?service=nova') ?? []).flatMap(([event]) =>
    typeof event === 'string' && /\.(?:start|end)$/.test(event) ? [event.replace(/\.(?:start|end)$/, '')] : [],
  )
  await each([...new Set(starts)], (name) => list(`timings?name=${name}`))
  await each(subjects.instances, async (uuid) => {
    await listNotifications(`uuid?uuid=${uuid}`)
    await listNotifications(`search?field=instance&value=${uuid}`)
    await list(`timings/uuid?uuid=${uuid}`)
    for (const name of ['launches', 'deletes', 'exists']) await list(`usage/${name}?instance=${uuid}`)
  })
  await each(subjects.images, (uuid) => listNotifications(`uuid?service=glance&uuid=${uuid}`, 'glance'))
  await each(subjects.requests, (request) => listNotifications(`request?request_id=${request}`))
  await each(subjects.tenants, async (tenant) => {
    answers.set(`kpi/${tenant}`, table(await get(`kpi/${encodeURIComponent(tenant)}`)))
    await listNotifications(`search?field=tenant&value=${encodeURIComponent(tenant)}`)
  })
  for (const service of shown ? SERVICES : []) {
    await each([...(subjects.messages[service] ?? [])], async ([id, { messageId }]) => {
      const [rows, text, subject] = await get(`show/${id}?service=${service}`)
      const named = table(rows).map(([key, value]) => [key, key === '#' ? messageId : value])
      answers.set(`show/${messageId}?service=${service}`, [...named, [text], [subject]])
    })
  }
  const reports = await pages('reports/search')
  answers.set(
    'reports/search',
    reports.map(([, start, end, , ...row]) => [start, end, ...row]),
  )
  for (const [id, start, , , name] of reports.slice(1)) {
    answers.set(`report of ${start}: ${name}`, [[JSON.stringify((await ask(`/stacky/report/${id}`)).body)]])
  }
  return answers
}

/** An array of arrays, as every table is. */
function table(body: unknown): readonly Row[] {
  if (Array.isArray(body) && body.every((row) => Array.isArray(row))) return body
  throw new Error(`not a table: ${JSON.stringify(body).slice(0, 200)}`)
}

/** Sends eight requests at a time: each mostly waits for its answer. */
async function each<T>(items: readonly T[], ask: (item: T) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < items.length; first += 8) await Promise.all(items.slice(first, first + 8).map(ask))
}

/** Number of cells in all answers. */
export function cells(answers: Answers): number {
  return [...answers.values()].flat().reduce((sum, row) => sum + row.length, 0)
}
