import { HttpError } from '@stacktach/http'
import type { RequestHandler } from 'express'
import { rateLimit } from 'express-rate-limit'

const MINUTE_MS = 60_000

/**
 * Limits the requests per minute and client, with 429 beyond. A client is an IPv4 address or an IPv6 network, as Express
 * determines it from the number of trusted proxies. Each process counts on its own, in memory.
 */
export function limitRequestRate(requestsPerMinute: number): RequestHandler {
  return rateLimit({
    windowMs: MINUTE_MS,
    limit: requestsPerMinute,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    // Otherwise the library prints a warning to the console for any client that sends these headers.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: () => {
      throw new HttpError(429, `More than ${requestsPerMinute} requests per minute: retry later`)
    },
  })
}
