import { type Instant, type NovaServer, parseInstant } from '@stacktach/domain'
import { z } from 'zod'
import { type CloudAccess, type CloudSession, logIn } from './keystone.ts'
import { OpenStackError, requestJson } from './request.ts'

const FORBIDDEN = 403

const time = z.string().transform((value, context): Instant => {
  const instant = parseInstant(value)
  if (instant !== null) return instant
  context.addIssue({ code: 'custom', message: 'is not a time' })
  return z.NEVER
})

const text = z
  .string()
  .nullish()
  .transform((value) => (value === undefined || value === '' ? null : value))

/** A server of `GET /servers/detail` without a microversion, in which the flavor has its id. */
const server = z
  .object({
    id: z.string().min(1),
    status: text,
    tenant_id: text,
    created: time,
    updated: time,
    flavor: z.object({ id: text }).optional(),
    'OS-EXT-SRV-ATTR:host': text,
    'OS-EXT-STS:vm_state': text,
    'OS-EXT-STS:task_state': text,
    'OS-SRV-USG:launched_at': time.nullish(),
  })
  .transform(
    (value): ListedServer => ({
      id: value.id,
      status: value.status,
      tenant: value.tenant_id,
      host: value['OS-EXT-SRV-ATTR:host'],
      flavor: value.flavor?.id ?? null,
      state: value['OS-EXT-STS:vm_state'],
      taskState: value['OS-EXT-STS:task_state'],
      created: value.created,
      updated: value.updated,
      launchedAt: value['OS-SRV-USG:launched_at'] ?? null,
    }),
  )

export interface ListedServer extends NovaServer {
  /** ACTIVE, DELETED, … */
  status: string | null
}

const serverList = z.object({
  servers: z.array(server),
  servers_links: z.array(z.object({ rel: z.string(), href: z.string() })).default([]),
})

/** nova's API, by an application credential. A token that expires is replaced once per request. */
export class Nova {
  readonly #access: CloudAccess
  #session: CloudSession | null = null

  constructor(access: CloudAccess) {
    this.#access = access
  }

  /**
   * The servers of all projects in pages, in the order of their ids.
   *
   * @param parameters further parameters of nova's list
   * @param limit servers per page; nova may answer with fewer
   */
  async *servers(limit: number, parameters: Record<string, string> = {}): AsyncGenerator<ListedServer[], void> {
    const query = new URLSearchParams({
      ...{ all_tenants: '1', sort_key: 'uuid', sort_dir: 'asc', limit: String(limit) },
      ...parameters,
    })
    let last = ''
    for (let marker: string | null = ''; marker !== null; ) {
      if (marker !== '') query.set('marker', marker)
      const { url, list } = await this.#page(query)
      for (const { id } of list.servers) {
        if (id <= last) throw new OpenStackError(url, null, `did not list the servers by id: ${id} is after ${last}`)
        last = id
      }
      yield list.servers
      marker = nextMarker(url, list)
      if (marker !== null && (list.servers.length === 0 || marker !== last)) {
        throw new OpenStackError(url, null, 'answered with a next page that does not follow the last server')
      }
    }
  }

  async #page(query: URLSearchParams) {
    const isNew = this.#session === null
    this.#session ??= await logIn(this.#access)
    try {
      return await listServers(this.#session, query)
    } catch (error) {
      if (!(error instanceof OpenStackError)) throw error
      if (error.status === FORBIDDEN) throw forbidden(error)
      if (!error.isUnauthorized || isNew) throw error
    }
    this.#session = await logIn(this.#access)
    return listServers(this.#session, query)
  }
}

async function listServers({ token, endpoint }: CloudSession, query: URLSearchParams) {
  const url = new URL(endpoint)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/servers/detail`
  url.search = query.toString()
  const { value } = await requestJson(
    url,
    { headers: { 'x-auth-token': token, accept: 'application/json' } },
    serverList,
  )
  return { url, list: value }
}

/**
 * The marker of nova's link to the next page; null on the last page. Only the marker is used: behind a proxy the link may name
 * another server, which must not receive the token.
 */
function nextMarker(url: URL, { servers_links }: z.output<typeof serverList>): string | null {
  const next = servers_links.find(({ rel }) => rel === 'next')
  if (next === undefined) return null
  const marker = URL.canParse(next.href, url) ? new URL(next.href, url).searchParams.get('marker') : null
  if (marker === null) throw new OpenStackError(url, null, 'answered with a link to the next page that has no marker')
  return marker
}

function forbidden(error: OpenStackError): Error {
  return new Error(`${error.message}: the application credential may not list the servers of all projects`)
}
