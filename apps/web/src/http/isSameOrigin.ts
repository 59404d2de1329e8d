import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a form was sent by a page of this server. Browsers send Sec-Fetch-Site over TLS and to loopback; older ones send
 * Origin. A request with neither is refused, as it does not come from a browser's form.
 */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  const { origin, host } = headers
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false
  return new URL(origin).host === host
}
