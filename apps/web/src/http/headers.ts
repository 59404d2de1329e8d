import type { Response } from 'express'

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The headers of every page. Pages contain data of the cloud, so no cache stores them. */
const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

/** Sends an HTML document; Node omits the body for a HEAD request. */
export function sendHtml(response: Response, status: number, html: string, headers: Record<string, string> = {}): void {
  response
    .status(status)
    .set({ ...PAGE_HEADERS, ...headers, 'Content-Length': String(Buffer.byteLength(html)) })
    .end(html)
}
