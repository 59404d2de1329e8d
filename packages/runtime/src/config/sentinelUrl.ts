import { type BrokerHost as Host, parseBrokerHosts as parseHosts } from './brokerHosts.ts'

/** A `redis+sentinel://` URL. */
export interface SentinelUrl {
  sentinels: Host[]
  /** Name of the master, as the Sentinels know it. */
  master: string
  database: number
  tls: boolean
  /** Login of Redis; undefined: none. */
  username: string | undefined
  password: string | undefined
  /** Login of the Sentinels; undefined: none. */
  sentinelUsername: string | undefined
  sentinelPassword: string | undefined
}

const DEFAULT_PORT = 26_379

/** Whether a URL names Sentinels instead of a Redis server. */
export function isSentinelUrl(text: string): boolean {
  return /^rediss?\+sentinel:/.test(text)
}

/**
 * Parses `redis+sentinel://user:password@host1:26379,host2:26379/master/0`. User and password are those of Redis;
 * `?sentinel_username=…&sentinel_password=…` are those of the Sentinels.
 *
 * @returns null when it is invalid
 */
export function parseSentinelUrl(text: string): SentinelUrl | null {
  const [, secure, login, hosts = '', master = '', database = '0', query = ''] =
    /^redis(s?)\+sentinel:\/\/(?:([^/?#]*)@)?([^/?#@]+)\/([^/?#@]+)(?:\/(\d{1,5}))?\/?(?:\?([^#]*))?$/.exec(text) ?? []
  const sentinels = parseHosts(hosts, DEFAULT_PORT)
  if (sentinels === null) return null
  const [user = '', ...rest] = (login ?? '').split(':')
  const parameters = new URLSearchParams(query)
  try {
    return {
      sentinels,
      master: decodeURIComponent(master),
      database: Number(database),
      tls: secure === 's',
      username: user === '' ? undefined : decodeURIComponent(user),
      password: rest.length === 0 ? undefined : decodeURIComponent(rest.join(':')),
      sentinelUsername: parameters.get('sentinel_username') ?? undefined,
      sentinelPassword: parameters.get('sentinel_password') ?? undefined,
    }
  } catch {
    return null
  }
}
