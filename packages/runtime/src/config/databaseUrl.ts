import { type BrokerHost as Host, parseBrokerHost as parseHost } from './brokerHosts.ts'

/** The values of libpq's `target_session_attrs`: which of several servers a connection may use. */
const sessionTargets = ['any', 'read-write', 'read-only', 'primary', 'standby', 'prefer-standby'] as const

export type SessionTarget = (typeof sessionTargets)[number]

/** The URL of a database, which may name several servers. */
export interface DatabaseUrl {
  /** At least one; of a URL with one host as it is, null: the driver parses it. */
  hosts: readonly Host[] | null
  target: SessionTarget | null
  /** The URL of the first host, in the form that the driver understands. */
  url: string
}

const DEFAULT_PORT = 5432

/**
 * Parses a URL as libpq does: `postgres://user:password@host1:5432,host2:5432/database?target_session_attrs=read-write`.
 * Hosts and ports can also be parameters: `?host=a,b&port=5432`.
 *
 * @returns the fault, without any part of the URL that may be a password
 */
export function parseDatabaseUrl(text: string): DatabaseUrl | { fault: string } {
  const [, scheme, authority = '', path = '', query = ''] =
    /^(postgres(?:ql)?:\/\/)([^/?#]*)([^?#]*)(?:\?([^#]*))?$/.exec(text) ?? []
  if (scheme === undefined) return { fault: 'must be a URL beginning with postgres:// or postgresql://' }
  if (path.includes('@')) return { fault: 'has an @ after the host: percent-encode special characters of the password' }
  const parameters = new URLSearchParams(query)
  const value = parameters.get('target_session_attrs')
  const target = sessionTargets.find((name) => name === value) ?? null
  if (value !== null && target === null) {
    return { fault: `has a target_session_attrs that is not one of ${sessionTargets.join(', ')}` }
  }
  parameters.delete('target_session_attrs')
  const userinfo = authority.slice(0, authority.lastIndexOf('@') + 1)
  const list = hostList(authority.slice(userinfo.length), parameters)
  const hosts = list?.map((host) => parseHost(host, DEFAULT_PORT)) ?? null
  const valid = hosts?.filter((host) => host !== null) ?? null
  if (valid?.length !== hosts?.length) return { fault: 'has a host that is not host or host:port' }
  const first = list?.[0] ?? authority.slice(userinfo.length)
  const rest = parameters.size === 0 ? '' : `?${parameters}`
  const url = `${scheme}${userinfo}${first}${path}${rest}`
  if (!URL.canParse(url)) return { fault: 'must be a URL beginning with postgres:// or postgresql://' }
  return { hosts: valid, target, url }
}

/** The hosts with their ports, if there are several. Removes the parameters with hosts. */
function hostList(authority: string, parameters: URLSearchParams): string[] | null {
  const named = parameters.get('host')
  if (named?.includes(',')) {
    const ports = (parameters.get('port') ?? String(DEFAULT_PORT)).split(',')
    parameters.delete('host')
    parameters.delete('port')
    return named
      .split(',')
      .map((host, index) => `${host.includes(':') ? `[${host}]` : host}:${ports[index] ?? ports[0]}`)
  }
  return authority.includes(',') ? authority.split(',') : null
}
