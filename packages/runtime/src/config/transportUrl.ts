import { type BrokerHost, parseBrokerHost } from './brokerHosts.ts'

/** A node of a broker, with the login that it expects. */
export interface BrokerNode extends BrokerHost {
  username: string
  password: string
}

/** A `transport_url` of oslo.messaging. */
export interface TransportUrl {
  nodes: BrokerNode[]
  tls: boolean
  vhost: string
  /** Names of query parameters that have no effect here. */
  ignored: string[]
}

/** RabbitMQ's login when a URL has none, as in oslo.messaging. */
const DEFAULT_LOGIN = 'guest'

/** The values that oslo.config takes for true. */
const TRUE = new Set(['1', 'true', 'on', 'yes'])

const SCHEMES: Record<string, { tls: boolean }> = { rabbit: { tls: false }, rabbits: { tls: true } }

/**
 * Parses oslo.messaging's form: `rabbit://user:password@host1:5672,user:password@host2:5672/vhost?ssl=1`. User, password
 * and vhost are percent-encoded; without a vhost it is `/`.
 *
 * @returns the faults, without any part of the URL that may be a password
 */
export function parseTransportUrl(text: string): TransportUrl | { faults: string[] } {
  const [, scheme = '', authority = '', path = '', query = ''] =
    /^([a-z+]+):\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(text.trim()) ?? []
  const known = SCHEMES[scheme.replace(/^kombu\+/, '')]
  if (known === undefined) return { faults: ['must be a URL beginning with rabbit:// or rabbits://'] }
  const parameters = new URLSearchParams(query)
  const tls = known.tls || TRUE.has((parameters.get('ssl') ?? '').toLowerCase())
  const parts = authority.split(',').map((part) => parseNode(part.trim(), tls ? 5671 : 5672))
  const vhost = decode(path)
  const faults = [
    ...parts.flatMap((part, index) => ('fault' in part ? [`host ${index + 1} ${part.fault}`] : [])),
    ...(new Set(parts.flatMap((part) => ('node' in part ? [part.hasLogin] : []))).size > 1
      ? ['must have a user and password for every host, or for none']
      : []),
    ...(vhost === null ? ['has a vhost that is not percent-encoded'] : []),
  ]
  if (faults.length > 0 || vhost === null) return { faults }
  const nodes = parts.flatMap((part) => ('node' in part ? [part.node] : []))
  const ignored = [...new Set(parameters.keys())].filter((name) => name !== 'ssl')
  return { nodes, tls, vhost: vhost === '' ? '/' : vhost, ignored }
}

type ParsedNode = { node: BrokerNode; hasLogin: boolean } | { fault: string }

function parseNode(text: string, defaultPort: number): ParsedNode {
  const at = text.lastIndexOf('@')
  const address = parseBrokerHost(text.slice(at + 1), defaultPort)
  if (address === null) return { fault: 'is not host or host:port' }
  if (at === -1) return { node: { ...address, username: DEFAULT_LOGIN, password: DEFAULT_LOGIN }, hasLogin: false }
  const [user = '', ...rest] = text.slice(0, at).split(':')
  const username = decode(user)
  const password = rest.length === 0 ? DEFAULT_LOGIN : decode(rest.join(':'))
  if (username === null || password === null) return { fault: 'has a user or password that is not percent-encoded' }
  return { node: { ...address, username, password }, hasLogin: true }
}

function decode(text: string): string | null {
  try {
    // An unencoded @ would also be a sign of a missing comma between two hosts.
    return text.includes('@') ? null : decodeURIComponent(text)
  } catch {
    return null
  }
}
