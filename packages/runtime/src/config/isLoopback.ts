import { BlockList, isIP } from 'node:net'

const loopbacks = new BlockList()
loopbacks.addSubnet('127.0.0.0', 8)
loopbacks.addAddress('::1', 'ipv6')

/** Whether a host is a loopback address or `localhost`. Other names count as not loopback; they are not resolved. */
export function isLoopback(host: string): boolean {
  const family = isIP(host)
  return family === 0 ? host === 'localhost' : loopbacks.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
