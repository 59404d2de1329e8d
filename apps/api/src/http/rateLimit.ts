import type { RequestHandler } from 'express'
import { rateLimit } from 'express-rate-limit'
import { HttpError } from './httpError.ts'

const MINUTE = 60_000

/**
 * Refuses what a client asks beyond so many requests in a minute. A client is an address (of IPv6 its network), as Express
 * knows it by the number of proxies it trusts. Counted is in the memory of each process.
 */
export function limitRequestRate(requests: number): RequestHandler {
  return rateLimit({
    windowMs: MINUTE,
    limit: requests,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    // It would be told on the console, of any client that sends the header.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: () => {
      throw new HttpError(429, `More than ${requests} requests in a minute: ask again later`)
    },
  })
}
