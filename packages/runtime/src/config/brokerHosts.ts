import { isIPv6 } from 'node:net'

/** A host with a port. */
export interface BrokerHost {
  host: string
  port: number
}

/**
 * Parses the hosts of `rabbit_host`: `host`, `host:port` or `[IPv6]:port`, separated by commas.
 *
 * @param defaultPort for hosts without a port
 * @returns null when a host or a port is invalid
 */
export function parseBrokerHosts(text: string, defaultPort: number): BrokerHost[] | null {
  const hosts = text.split(',').map((host) => parseBrokerHost(host.trim(), defaultPort))
  return hosts.includes(null) ? null : hosts.filter((host) => host !== null)
}

/** Parses one host; null when it or its port is invalid. */
export function parseBrokerHost(text: string, defaultPort: number): BrokerHost | null {
  const [, bracketed, name, digits] = /^(?:\[([^\]\s]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? []
  // An IPv6 address without brackets has no port.
  const host = bracketed ?? name ?? (isIPv6(text) ? text : undefined)
  const port = digits === undefined ? defaultPort : Number(digits)
  return host === undefined || port < 1 || port > 65_535 ? null : { host, port }
}
