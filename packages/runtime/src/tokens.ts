import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** What lets a client in. Kept is its digest alone: whoever reads it cannot come in with it. */
export interface Token {
  /** SHA-256. Enough for 256 random bits, which nobody can guess from it. */
  digest: Buffer
  /** The tenants whose answers it opens, and no other answer; null opens everything. */
  tenants: ReadonlySet<string> | null
}

const LINE = /^sha256:([0-9a-f]{64})((?:\s+tenant=\S+)*)$/

/**
 * Tokens as they are kept, one a line: `sha256:<hex>`, then `tenant=<id>` (percent-encoded) for each tenant that it is limited
 * to. What follows a `#` is a comment.
 *
 * @returns the tokens, and what is wrong; a fault does not quote its line, which may hold a token in clear
 */
export function parseTokens(text: string): { tokens: Token[]; faults: string[] } {
  const tokens: Token[] = []
  const faults: string[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const content = line.replace(/(?:^|\s)#.*$/, '').trim()
    if (content === '') continue
    const token = parseLine(content)
    if (token === null) faults.push(`line ${index + 1} is not sha256:<64 hex digits> with tenant=<id> after it or not`)
    else tokens.push(token)
  }
  return { tokens, faults }
}

function parseLine(content: string): Token | null {
  const [, digest, limits] = LINE.exec(content) ?? []
  if (digest === undefined || limits === undefined) return null
  const ids = [...limits.matchAll(/tenant=(\S+)/g)].map(([, id = '']) => id)
  try {
    return {
      digest: Buffer.from(digest, 'hex'),
      tenants: ids.length === 0 ? null : new Set(ids.map((id) => decodeURIComponent(id))),
    }
  } catch {
    return null
  }
}

/** A token of 256 random bits, and the line that stands for it. */
export function newToken(tenants: readonly string[]): { token: string; line: string } {
  const token = `stacktach_${randomBytes(32).toString('base64url')}`
  const limits = tenants.map((tenant) => ` tenant=${encodeURIComponent(tenant)}`)
  return { token, line: `sha256:${digestOf(token).toString('hex')}${limits.join('')}` }
}

/** The one that a client showed, or null. Every one is compared, each in constant time. */
export function findToken(tokens: readonly Token[], shown: string): Token | null {
  const digest = digestOf(shown)
  let found: Token | null = null
  for (const token of tokens) if (timingSafeEqual(token.digest, digest)) found = token
  return found
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
