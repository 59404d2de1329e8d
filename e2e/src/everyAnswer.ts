import type { Database } from '@stacktach/db'
import type { Get } from './pipeline.ts'

export type Row = readonly unknown[]

/** Answers by path; the first row of each is the header. */
export type Answers = ReadonlyMap<string, readonly Row[]>

const PAGE_ROWS = 1000
const SERVICES = ['nova', 'glance', 'generic'] as const

/** All notifications, and the instances, images, requests and tenants in them, read from the tables. */
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
    const { rows } = await pool.query<{ id: number; message_id: string; versioned: boolean }>(
      `select id, message_id, ${versioned} as versioned from notification_${service}`,
    )
    messages[service] = new Map(rows.map(({ id, message_id, versioned }) => [id, { messageId: message_id, versioned }]))
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
 * Requests all pages of every endpoint, for each instance, image, request, timing name, tenant, event and notification.
 * Row ids are replaced by the message ids of their notifications; ids of reports are left out.
 *
 * @param without `versioned` removes versioned notifications from lists of notifications
 * @param withShow also requests `show` for each notification
 */
export async function everyAnswer(
  database: Database,
  get: Get,
  { without = 'nothing', withShow = false }: { without?: 'versioned' | 'nothing'; withShow?: boolean } = {},
): Promise<Answers> {
  const subjects = await subjectsOf(database)
  const answers = new Map<string, readonly Row[]>()

  const getArray = async (path: string): Promise<readonly unknown[]> => {
    const { status, body } = await get(`/stacky/${path}`)
    if (status !== 200 || !Array.isArray(body)) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
    return body
  }
  const message = (service: string, id: unknown) => {
    const notification = subjects.messages[service]?.get(Number(id))
    if (notification === undefined) throw new Error(`there is no ${service} notification ${id}`)
    return notification
  }
  const withMessageIds = (service: string, rows: readonly Row[]) =>
    rows
      .filter(([id]) => without === 'nothing' || !message(service, id).versioned)
      .map(([id, ...row]) => [message(service, id).messageId, ...row])
  /** All pages of a list. */
  const pages = async (path: string): Promise<readonly Row[]> => {
    const rows: Row[] = []
    for (let offset = 0; ; offset += PAGE_ROWS) {
      const separator = path.includes('?') ? '&' : '?'
      const [header, ...page] = table(await getArray(`${path}${separator}limit=${PAGE_ROWS}&offset=${offset}`))
      if (offset === 0 && header !== undefined) rows.push(header)
      rows.push(...page)
      if (page.length < PAGE_ROWS) return rows
    }
  }
  const list = async (path: string) => answers.set(path, await pages(path))
  const listNotifications = async (path: string, service = 'nova') => {
    const [header, ...rows] = await pages(path)
    answers.set(path, header === undefined ? [] : [header, ...withMessageIds(service, rows)])
  }

  for (const path of ['deployments', 'events?service=all', 'kpi', 'summary', 'summary?limit=all']) {
    answers.set(path, table(await getArray(path)))
  }
  for (const service of SERVICES) {
    answers.set(`events?service=${service}`, table(await getArray(`events?service=${service}`)))
    answers.set(`hosts?service=${service}`, table(await getArray(`hosts?service=${service}`)))
    const path = `watch/0?since=0&service=${service}`
    const [widths, rows] = await getArray(path)
    answers.set(path, [table([widths])[0] ?? [], ...withMessageIds(service, table(rows))])
    for (const [event] of (answers.get(`events?service=${service}`) ?? []).slice(1)) {
      await listNotifications(`search?service=${service}&field=event&value=${event}`, service)
    }
  }
  for (const name of ['launches', 'deletes', 'exists']) await list(`usage/${name}`)
  const timingNames = (answers.get('events?service=nova') ?? []).flatMap(([event]) =>
    typeof event === 'string' && /\.(?:start|end)$/.test(event) ? [event.replace(/\.(?:start|end)$/, '')] : [],
  )
  await each([...new Set(timingNames)], (name) => list(`timings?name=${name}`))
  await each(subjects.instances, async (uuid) => {
    await listNotifications(`uuid?uuid=${uuid}`)
    await listNotifications(`search?field=instance&value=${uuid}`)
    await list(`timings/uuid?uuid=${uuid}`)
    for (const name of ['launches', 'deletes', 'exists']) await list(`usage/${name}?instance=${uuid}`)
  })
  await each(subjects.images, (uuid) => listNotifications(`uuid?service=glance&uuid=${uuid}`, 'glance'))
  await each(subjects.requests, (request) => listNotifications(`request?request_id=${request}`))
  await each(subjects.tenants, async (tenant) => {
    answers.set(`kpi/${tenant}`, table(await getArray(`kpi/${encodeURIComponent(tenant)}`)))
    await listNotifications(`search?field=tenant&value=${encodeURIComponent(tenant)}`)
  })
  for (const service of withShow ? SERVICES : []) {
    await each([...(subjects.messages[service] ?? [])], async ([id, { messageId }]) => {
      const [rows, text, subject] = await getArray(`show/${id}?service=${service}`)
      const pairs = table(rows).map(([key, value]) => [key, key === '#' ? messageId : value])
      answers.set(`show/${messageId}?service=${service}`, [...pairs, [text], [subject]])
    })
  }
  const reports = await pages('reports/search')
  answers.set(
    'reports/search',
    reports.map(([, start, end, , ...row]) => [start, end, ...row]),
  )
  for (const [id, start, , , name] of reports.slice(1)) {
    answers.set(`report of ${start}: ${name}`, [[JSON.stringify((await get(`/stacky/report/${id}`)).body)]])
  }
  return answers
}

/** Checks that the body is an array of arrays. */
function table(body: unknown): readonly Row[] {
  if (Array.isArray(body) && body.every((row) => Array.isArray(row))) return body
  throw new Error(`not a table: ${JSON.stringify(body).slice(0, 200)}`)
}

/** Sends eight requests at a time, because most of their duration is waiting. */
async function each<T>(items: readonly T[], request: (item: T) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < items.length; first += 8) await Promise.all(items.slice(first, first + 8).map(request))
}

/** Number of cells in all answers. */
export function cells(answers: Answers): number {
  return [...answers.values()].flat().reduce((sum, row) => sum + row.length, 0)
}
