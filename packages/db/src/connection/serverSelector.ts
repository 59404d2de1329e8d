import { type DatabaseUrl, messageOf, parseDatabaseUrl, type SessionTarget } from '@stacktach/runtime'
import pg from 'pg'
import { driverUrl } from '../driverUrl.ts'

export type Server = NonNullable<DatabaseUrl['hosts']>[number]

const PROBE_TIMEOUT_MS = 2_000

/** Connections that are opened at the same time share a choice. */
const CHOICE_LIFETIME_MS = 500

/** No server of the URL can be used at the moment. Has PostgreSQL's code for a server that is starting. */
export class NoServerError extends Error {
  override name = 'NoServerError'
  readonly code = '57P03'
}

/** What decides whether a server matches a target. */
export interface ServerState {
  standby: boolean
  /** default_transaction_read_only */
  readOnly: boolean
}

/** Whether a server matches a target. For `prefer-standby` a primary is the second choice. */
export function matchesTarget(target: SessionTarget, { standby, readOnly }: ServerState): boolean {
  switch (target) {
    case 'any':
      return true
    case 'read-write':
      return !standby && !readOnly
    case 'read-only':
      return standby || readOnly
    case 'primary':
      return !standby
    case 'standby':
    case 'prefer-standby':
      return standby
  }
}

/** Reads the state of a server. */
export async function readServerState(client: Pick<pg.ClientBase, 'query'>): Promise<ServerState> {
  const { rows } = await client.query<ServerState>(
    `select pg_is_in_recovery() as standby, current_setting('default_transaction_read_only')::boolean as "readOnly"`,
  )
  return rows[0] ?? { standby: false, readOnly: false }
}

/**
 * Chooses a server of a URL with several: the first that answers and matches the target, beginning with the one chosen
 * before. So connections stay on a server as long as it matches, and follow a promotion.
 */
export class ServerSelector {
  readonly #servers: readonly Server[]
  readonly #target: SessionTarget
  readonly #url: string
  #last: Server | undefined
  #choice: { server: Promise<Server>; at: number } | undefined

  /** @param url with user, password, database and parameters; its host does not matter */
  constructor(servers: readonly Server[], target: SessionTarget, url: string) {
    this.#servers = servers
    this.#target = target
    this.#url = url
  }

  get length(): number {
    return this.#servers.length
  }

  /**
   * @throws NoServerError that names each server and its problem; the driver's error when a server rejects the login
   */
  choose(): Promise<Server> {
    const now = performance.now()
    if (this.#choice === undefined || now - this.#choice.at > CHOICE_LIFETIME_MS) {
      const server = this.#choose()
      server.catch(() => {})
      this.#choice = { server, at: now }
    }
    return this.#choice.server
  }

  async #choose(): Promise<Server> {
    const last = this.#last
    const servers = last === undefined ? this.#servers : [last, ...this.#servers.filter((server) => server !== last)]
    const problems: string[] = []
    let secondChoice: Server | undefined
    let rejected: unknown
    for (const server of servers) {
      const name = `${server.host}:${server.port}`
      try {
        const state = await this.#probe(server)
        if (matchesTarget(this.#target, state)) return this.#use(server)
        if (this.#target === 'prefer-standby') secondChoice ??= server
        problems.push(`${name} is ${state.standby ? 'a standby' : state.readOnly ? 'read-only' : 'not a standby'}`)
      } catch (error) {
        if (isRejection(error)) rejected ??= error
        problems.push(`${name}: ${messageOf(error)}`)
      }
    }
    if (secondChoice !== undefined) return this.#use(secondChoice)
    if (rejected !== undefined) throw rejected
    throw new NoServerError(`no server matches target_session_attrs=${this.#target} (${problems.join('; ')})`)
  }

  #use(server: Server): Server {
    this.#last = server
    return server
  }

  async #probe(server: Server): Promise<ServerState> {
    const client = new pg.Client({
      connectionString: atServer(this.#url, server),
      connectionTimeoutMillis: PROBE_TIMEOUT_MS,
      query_timeout: PROBE_TIMEOUT_MS,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      return await readServerState(client)
    } finally {
      await client.end().catch(() => {})
    }
  }
}

/** A rejected login, or no such database: the same on every server. */
function isRejection(error: unknown): boolean {
  return error instanceof pg.DatabaseError && (error.code?.startsWith('28') || error.code === '3D000')
}

/**
 * Configuration of the driver for a URL, and the choice of a server if it names several.
 *
 * @param defaultTarget for several servers without target_session_attrs
 * @throws Error when the URL is invalid
 */
export function serverOf(
  text: string,
  defaultTarget: SessionTarget,
): { connectionString: string; target: SessionTarget | null; selector: ServerSelector | null } {
  const parsed = parseDatabaseUrl(driverUrl(text))
  if ('fault' in parsed) throw new Error(`the URL of the database ${parsed.fault}`)
  const { hosts, url } = parsed
  if (hosts === null) return { connectionString: url, target: parsed.target, selector: null }
  const target = parsed.target ?? defaultTarget
  return { connectionString: url, target, selector: new ServerSelector(hosts, target, url) }
}

/** A URL with another host: the driver prefers the host of the URL to that of its options. */
function atServer(url: string, { host, port }: Server): string {
  const parsed = new URL(url)
  parsed.hostname = host.includes(':') ? `[${host}]` : host
  parsed.port = String(port)
  return parsed.href
}
