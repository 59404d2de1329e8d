import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** An API token. Only its digest is stored, so the stored form gives no access. */
export interface Token {
  /** SHA-256, without salt: a token has 256 random bits, so its digest cannot be searched for. */
  digest: Buffer
  /** The tenants that the token is limited to; null: no limit. */
  tenants: ReadonlySet<string> | null
  /** What the token may do beyond reading. */
  scopes: ReadonlySet<TokenScope>
}

/** confirm: write what a billing system says, by `/db`. */
export const tokenScopes = ['confirm'] as const

export type TokenScope = (typeof tokenScopes)[number]

const LINE = /^sha256:([0-9a-f]{64})((?:\s+(?:tenant|scope)=\S+)*)$/

/**
 * Parses tokens, one per line: `sha256:<hex>`, followed by `tenant=<id>` (percent-encoded) for each tenant that the token is
 * limited to, or by `scope=<name>` for each scope. `#` starts a comment.
 *
 * @returns the tokens and one message per invalid line; a message does not quote the line, which may contain a token
 */
export function parseTokens(text: string): { tokens: Token[]; faults: string[] } {
  const tokens: Token[] = []
  const faults: string[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/(?:^|\s)#.*$/, '').trim()
    if (content === '') continue
    const token = parseLine(content)
    if (token === null)
      faults.push(`line ${index + 1} is not sha256:<64 hex digits>, optionally with tenant=<id> or scope=<name>`)
    else tokens.push(token)
  }
  return { tokens, faults }
}

function parseLine(content: string): Token | null {
  const [, digest, limits] = LINE.exec(content) ?? []
  if (digest === undefined || limits === undefined) return null
  const valuesOf = (name: string) =>
    [...limits.matchAll(/\s(tenant|scope)=(\S+)/g)].flatMap(([, key, value = '']) => (key === name ? [value] : []))
  const ids = valuesOf('tenant')
  const names = valuesOf('scope')
  const scopes = tokenScopes.filter((scope) => names.includes(scope))
  // A token of a tenant that may also write for all tenants would be a contradiction.
  if (names.some((name) => !scopes.some((scope) => scope === name)) || (ids.length > 0 && names.length > 0)) return null
  try {
    return {
      digest: Buffer.from(digest, 'hex'),
      tenants: ids.length === 0 ? null : new Set(ids.map((id) => decodeURIComponent(id))),
      scopes: new Set(scopes),
    }
  } catch {
    return null
  }
}

/**
 * Makes a token of 256 random bits, and its line for the token file.
 *
 * @param tenants that the token is limited to; empty: no limit
 * @param scopes what the token may do beyond reading; only without tenants
 */
export function newToken(
  tenants: readonly string[],
  scopes: readonly TokenScope[] = [],
): { token: string; line: string } {
  const token = `stacktach_${randomBytes(32).toString('base64url')}`
  const limits = [
    ...tenants.map((tenant) => ` tenant=${encodeURIComponent(tenant)}`),
    ...scopes.map((scope) => ` scope=${scope}`),
  ]
  return { token, line: `sha256:${digestOf(token).toString('hex')}${limits.join('')}` }
}

/** Finds the token that a client sent, or null. Compares all tokens in constant time, so the duration reveals nothing. */
export function findToken(tokens: readonly Token[], value: string): Token | null {
  const digest = digestOf(value)
  let match: Token | null = null
  for (const token of tokens) if (timingSafeEqual(token.digest, digest)) match = token
  return match
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
