import type { View } from './view.ts'

/** Paths open to viewers that are limited to tenants; /usage/<tenant> depends on the tenant. */
const TENANT_PATHS = /^\/(?:instances\/|requests\/|find(?:$|\?)|sign-)/

/** The href of a link to a page, which keeps the choice of times; null if the viewer may not open the page. */
export function pageHref({ times, viewer }: View, href: string): string | null {
  if (href.startsWith('#')) return href
  if (viewer.tenants !== null && !TENANT_PATHS.test(href) && !isOwnUsage(viewer.tenants, href)) return null
  if (times === 'utc') return href
  const [path = '', fragment] = href.split('#')
  if (/[?&]times=/.test(path)) return href
  return `${path}${path.includes('?') ? '&' : '?'}times=${times}${fragment === undefined ? '' : `#${fragment}`}`
}

function isOwnUsage(tenants: ReadonlySet<string>, href: string): boolean {
  const [, tenant] = /^\/usage\/([^/?#]+)/.exec(href) ?? []
  return tenant !== undefined && tenants.has(decodeURIComponent(tenant))
}

/** The URL of the same page with changed parameters; undefined removes one. */
export function sameHref(url: string, changes: Readonly<Record<string, string | undefined>>): string {
  const [path = '', query = ''] = url.split('?')
  const parameters = new URLSearchParams(query)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) parameters.delete(name)
    else parameters.set(name, value)
  }
  const text = parameters.toString()
  return text === '' ? path : `${path}?${text}`
}

/** The href of another page, with the choice of times of the given URL. */
export function withTimes(url: string, href: string): string {
  const times = new URLSearchParams(url.split('?')[1] ?? '').get('times')
  return times === null ? href : sameHref(href, { times })
}
