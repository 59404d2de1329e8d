/** Modes of libpq that the driver takes for `verify-full`, with a warning of several lines. */
const verifyingMode = /([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/

/**
 * The URL of a database as the driver gets it; it may name several servers. With `sslmode=require` the driver verifies the
 * server's certificate, which libpq does not; it keeps doing so.
 */
export function driverUrl(url: string): string {
  return /[?&]uselibpqcompat=/.test(url) ? url : url.replace(verifyingMode, '$1verify-full')
}
