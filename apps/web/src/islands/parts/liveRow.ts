/** Data of an event `notification` of /v1/live. */
export interface LiveData {
  service: string
  id: number
  when: string
  deployment: string | null
  event: string
  error: boolean
  host: string | null
  request_id: string
  instance: string | null
  state: string | null
}

const NONE = '–'

/** Makes a row of the list. All values are untrusted: they are set as text, and encoded in links. */
export function makeLiveRow(template: HTMLTemplateElement, notification: LiveData): Node {
  const fragment = template.content.cloneNode(true)
  if (!(fragment instanceof DocumentFragment)) return fragment
  const { service, id, when, deployment, event, error, host, request_id: request, instance, state } = notification
  fill(fragment, 'event', event, `/notifications/${encodeURIComponent(service)}/${id}`)
  if (!error) fieldOf(fragment, 'error')?.remove()
  fillTime(fragment, when)
  fill(fragment, 'service', service)
  fill(fragment, 'deployment', deployment ?? '')
  fill(fragment, 'host', host ?? '', `/search?host=${encodeURIComponent(host ?? '')}`)
  fill(fragment, 'state', state ?? '')
  fill(fragment, 'instance', instance ?? '', `/instances/${encodeURIComponent(instance ?? '')}`)
  fill(fragment, 'request', request, `/requests/${encodeURIComponent(request)}`)
  return fragment
}

function fieldOf(row: ParentNode, name: string): HTMLElement | null {
  return row.querySelector(`[data-field="${name}"]`)
}

/** Sets the text of a field and the target of its link. Without a text, a link is replaced by a dash. */
function fill(row: ParentNode, name: string, text: string, href?: string): void {
  const field = fieldOf(row, name)
  if (field === null) return
  const link = field.querySelector('a')
  if (link === null) {
    field.textContent = text
    return
  }
  if (text === '') {
    field.textContent = NONE
    return
  }
  setHref(link, href ?? '')
  const inner = link.querySelector('code') ?? link
  inner.textContent = text
}

/** Half a minute, in milliseconds. */
const AROUND_MS = 30_000

/** As the component Time: milliseconds in the text, all digits in the title, and a link to the minute around. */
function fillTime(row: ParentNode, when: string): void {
  const field = fieldOf(row, 'when')
  const time = field?.querySelector('time')
  if (time === null || time === undefined) return
  const date = new Date(when)
  const fraction = when.slice(19).replace('.000000', '')
  const utc = `${when.slice(0, 19)}${fraction}`
  time.dateTime = utc
  time.title = `${utc.replace('T', ' ').replace('Z', '')} UTC`
  time.textContent = time.dataset.local === undefined ? when.slice(0, 23).replace('T', ' ') : localTime(date)
  const link = field?.querySelector('a')
  const around = (offset: number) =>
    encodeURIComponent(`${new Date(date.getTime() + offset).toISOString().slice(0, 19)}${fraction}`)
  if (link) setHref(link, `/search?from=${around(-AROUND_MS)}&until=${around(AROUND_MS)}`)
}

function localTime(date: Date): string {
  const pad = (value: number, digits = 2) => String(value).padStart(digits, '0')
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  const clock = `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
  return `${day} ${clock}.${pad(date.getMilliseconds(), 3)}`
}

/** Sets the target of a link, and keeps the choice of times that the server added to it. */
function setHref(link: HTMLAnchorElement, href: string): void {
  const [times] = /times=\w+/.exec(link.getAttribute('href') ?? '') ?? []
  const separator = href.includes('?') ? '&' : '?'
  link.setAttribute('href', times === undefined ? href : `${href}${separator}${times}`)
}
