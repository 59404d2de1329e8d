import { redactAny } from '@stacktach/domain'

/** A message's body for people. */
export interface BodyText {
  encoding: 'utf-8' | 'hex'
  text: string
  /** What is to be known about it. */
  note?: string
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The body as text without its secrets, in hexadecimal when it is not UTF-8; the cut end of a cut one does not count. */
export function bodyText(body: Buffer): BodyText {
  let text: string
  try {
    text = utf8.decode(withoutCutCharacter(body))
  } catch {
    return { encoding: 'hex', text: body.toString('hex') }
  }
  const redacted = redactAny(text)
  return redacted === null
    ? { encoding: 'utf-8', text: '', note: 'it may hold secrets, which are found in JSON only: --raw shows all of it' }
    : { encoding: 'utf-8', text: redacted }
}

/** Without the first bytes of a character at the very end that lacks its last ones. */
function withoutCutCharacter(body: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, body.length); back++) {
    const byte = body[body.length - back] ?? 0
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? body.subarray(0, body.length - back) : body
  }
  return body
}
