import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { listenOn, urlOf } from '@stacktach/runtime'

/** A server of the simulated nova. */
export interface CloudServer {
  id: string
  tenant: string
  host: string | null
  flavor: string
  state: string
  status: string
  created: string
  updated: string
  launchedAt: string | null
}

/** A Keystone and a nova with the answers of their API references. */
export interface Cloud {
  url: string
  servers: CloudServer[]
  /** nova's `max_limit`. */
  maxLimit: number
  /** What happens at the next requests for servers, one each: a wrong answer, all tokens expire, or nothing. */
  faults: ({ status: number; body: string } | 'expire' | null)[]
  /** Tokens that Keystone issued. */
  tokens: string[]
  /** Query strings of the requests for servers. */
  queries: string[]
  stop(): Promise<void>
}

/** The application credential that the simulated Keystone accepts. */
export const credential = { id: 'c1b2d3', secret: 'rEaSonably-l0ng-secret' }

/** Starts the simulated Keystone and nova on one port. */
export async function startCloud(): Promise<Cloud> {
  const valid = new Set<string>()
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  await listenOn(server, 'API', '127.0.0.1', 0)
  const cloud: Cloud = {
    url: urlOf('http', server.address()),
    servers: [],
    maxLimit: 1_000,
    faults: [],
    tokens: [],
    queries: [],
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return cloud

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', cloud.url)
    if (request.method === 'POST' && url.pathname === '/identity/v3/auth/tokens') return authenticate(request, response)
    if (request.method !== 'GET' || url.pathname !== '/compute/v2.1/servers/detail') return send(response, 404, {})
    cloud.queries.push(url.search)
    const fault = cloud.faults.shift()
    if (fault === 'expire') valid.clear()
    else if (fault) {
      response.writeHead(fault.status, { 'content-type': 'application/json' }).end(fault.body)
      return
    }
    if (!valid.has(String(request.headers['x-auth-token']))) {
      return send(response, 401, { error: { code: 401, title: 'Unauthorized', message: 'Authentication is required' } })
    }
    send(response, 200, page(url))
  }

  async function authenticate(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    const { methods, application_credential: sent } = JSON.parse(body).auth.identity
    if (methods[0] !== 'application_credential' || sent.id !== credential.id || sent.secret !== credential.secret) {
      const message = 'The request you have made requires authentication.'
      return send(response, 401, { error: { code: 401, message, title: 'Unauthorized' } })
    }
    const token = `gAAAAA-${cloud.tokens.length}`
    cloud.tokens.push(token)
    valid.add(token)
    const endpoint = (region: string, path: string) => ({
      ...{ id: `${region}-public`, interface: 'public', region, region_id: region, url: `${cloud.url}${path}` },
    })
    const catalog = [
      { type: 'identity', name: 'keystone', id: '1', endpoints: [endpoint('east', '/identity')] },
      { type: 'compute', name: 'nova', id: '2', endpoints: [endpoint('east', '/compute/v2.1')] },
    ]
    const roles = [{ id: '3', name: 'admin' }]
    const answer = {
      token: { methods, roles, catalog, expires_at: '2026-11-28T00:00:00.000000Z', audit_ids: ['a'], is_domain: false },
    }
    send(response, 201, answer, { 'x-subject-token': token })
  }

  function page(url: URL): object {
    const { searchParams: query } = url
    if (query.get('all_tenants') !== '1') return { servers: [] }
    const since = query.get('changes-since')
    const listed = cloud.servers
      .filter(({ status, updated }) => (since === null ? status !== 'DELETED' : new Date(updated) >= new Date(since)))
      .sort((a, b) => (query.get('sort_key') === 'uuid' && a.id < b.id ? -1 : 1))
      .filter(({ id }) => id > (query.get('marker') ?? ''))
    const size = Math.min(cloud.maxLimit, Number(query.get('limit')))
    const servers = listed.slice(0, size)
    const last = servers.at(-1)
    if (last === undefined || servers.length < size) return { servers: servers.map(show) }
    query.set('marker', last.id)
    // As behind a proxy: the host that nova knows.
    const next = { rel: 'next', href: `http://openstack.example.com/v2.1/servers/detail?${query}` }
    return { servers: servers.map(show), servers_links: [next] }
  }
}

/** As in nova's sample of `GET /servers/detail`. */
function show({ id, tenant, host, flavor, state, status, created, updated, launchedAt }: CloudServer): object {
  return {
    ...{ 'OS-DCF:diskConfig': 'AUTO', 'OS-EXT-AZ:availability_zone': 'nova', 'OS-EXT-SRV-ATTR:host': host },
    ...{ 'OS-EXT-SRV-ATTR:hypervisor_hostname': host, 'OS-EXT-SRV-ATTR:instance_name': 'instance-00000001' },
    ...{ 'OS-EXT-STS:power_state': 1, 'OS-EXT-STS:task_state': null, 'OS-EXT-STS:vm_state': state },
    ...{ 'OS-SRV-USG:launched_at': launchedAt, 'OS-SRV-USG:terminated_at': null },
    ...{ accessIPv4: '', accessIPv6: '', addresses: {}, config_drive: '', created, updated, hostId: 'b1c2' },
    flavor: { id: flavor, links: [{ href: `http://openstack.example.com/flavors/${flavor}`, rel: 'bookmark' }] },
    ...{ id, image: '', key_name: null, links: [], metadata: { 'My Server Name': 'Apache1' }, name: 'new-server-test' },
    ...{ progress: 0, security_groups: [{ name: 'default' }], status, tenant_id: tenant, user_id: 'fake' },
  }
}

function send(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
