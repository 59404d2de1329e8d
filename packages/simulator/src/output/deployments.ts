/** A broker from StackTach's deployments file. */
export type Broker = {
  readonly name: string
  readonly hostname: string
  readonly port: number
  readonly tls: boolean
  readonly username: string
  readonly password: string
  readonly vhost: string
  /** Whether exchanges are declared durable. */
  readonly durable: boolean
  /** The queues that StackTach consumes for this deployment. */
  readonly queues: readonly string[]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function text(entry: Record<string, unknown>, key: string, fallback: string): string {
  const value = entry[key] ?? fallback
  if (typeof value !== 'string') throw new Error(`${key} must be a string`)
  return value
}

/** The first host of a `transport_url`, with its login: any host of a broker accepts messages. */
function firstOfUrl(url: string): Pick<Broker, 'hostname' | 'port' | 'tls' | 'username' | 'password' | 'vhost'> {
  const [, scheme, authority = '', path = '', query = ''] =
    /^(?:kombu\+)?(rabbits?):\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url) ?? []
  const [first = ''] = authority.split(',', 1)
  const [, login = 'guest:guest', hostname, port] = /^(?:(.*)@)?(.+?)(?::(\d+))?$/.exec(first) ?? []
  if (scheme === undefined || !hostname) throw new Error('transport_url must be rabbit://user:password@host:port/vhost')
  const tls = scheme === 'rabbits' || /^(1|true|on|yes)$/i.test(new URLSearchParams(query).get('ssl') ?? '')
  const [username = '', password = 'guest'] = login.split(':').map(decodeURIComponent)
  const defaultPort = tls ? 5671 : 5672
  return {
    hostname,
    port: Number(port ?? defaultPort),
    tls,
    username,
    password,
    vhost: decodeURIComponent(path) || '/',
  }
}

/** Any host of a broker accepts messages: the first of `rabbit_host`, which may be a list. */
function firstHost(entry: Record<string, unknown>, defaultPort: number): Pick<Broker, 'hostname' | 'port'> {
  const hosts = Array.isArray(entry.rabbit_host) ? entry.rabbit_host.join(',') : text(entry, 'rabbit_host', 'localhost')
  const [first = ''] = hosts.split(',', 1)
  const [, hostname, port] = /^(.*?)(?::(\d+))?$/.exec(first.trim()) ?? []
  if (!hostname) throw new Error('rabbit_host must be hosts, separated by commas')
  return { hostname, port: Number(port ?? defaultPort) }
}

function queuesOf(topics: unknown): string[] {
  if (!isObject(topics)) return []
  const bindings = Object.values(topics).flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
  return bindings.flatMap((binding) => (isObject(binding) && typeof binding.queue === 'string' ? [binding.queue] : []))
}

function brokerOf(entry: unknown, index: number): Broker {
  if (!isObject(entry)) throw new Error(`deployment ${index + 1} is not an object`)
  const name = text(entry, 'name', '')
  if (name === '') throw new Error(`deployment ${index + 1} has no name`)
  return {
    name,
    ...(entry.transport_url === undefined ? addressOf(name, entry) : firstOfUrl(text(entry, 'transport_url', ''))),
    durable: entry.durable_queue !== false,
    queues: [...new Set(queuesOf(entry.topics))],
  }
}

function addressOf(name: string, entry: Record<string, unknown>): ReturnType<typeof firstOfUrl> {
  const tls = entry.rabbit_tls === true
  const port = Number(entry.rabbit_port ?? (tls ? 5671 : 5672))
  if (!Number.isInteger(port)) throw new Error(`deployment ${name}: rabbit_port must be a whole number`)
  return {
    ...firstHost(entry, port),
    tls,
    username: text(entry, 'rabbit_userid', 'guest'),
    password: text(entry, 'rabbit_password', 'guest'),
    vhost: text(entry, 'rabbit_virtual_host', '/'),
  }
}

/** Parses a deployments file and returns its enabled deployments. Throws an Error if the file is invalid. */
export function parseDeployments(json: string): readonly Broker[] {
  const file: unknown = JSON.parse(json)
  const list = isObject(file) ? file.deployments : undefined
  if (!Array.isArray(list)) throw new Error('the file has no list "deployments"')
  const brokers = list
    .filter((entry: unknown) => !isObject(entry) || entry.enabled !== false)
    .map((entry: unknown, index) => brokerOf(entry, index))
  if (brokers.length === 0) throw new Error('no deployment is enabled')
  return brokers
}
