import { redactAny } from '@stacktach/domain'

/** A message's body for people. */
export interface BodyText {
  encoding: 'utf-8' | 'hex'
  text: string
  /** What is to be known about it. */
  note?: string
}

/**
 * The body as text without its secrets, in hexadecimal when it is not UTF-8.
 *
 * @param whole else it is the beginning of a body, and may end in the middle of a character
 */
export function bodyText(body: Buffer, whole: boolean): BodyText {
  let text: string | null
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body, { stream: !whole })
  } catch {
    text = null
  }
  const encoding = text === null ? 'hex' : 'utf-8'
  // UTF-16 passes for UTF-8 with a NUL after each letter.
  if ((text === null || text.includes('\0')) && namesSecrets(body)) return { encoding, text: '', note: WITHHELD }
  if (text === null) return { encoding, text: body.toString('hex') }
  const redacted = redactAny(text)
  return redacted === null ? { encoding, text: '', note: WITHHELD } : { encoding, text: redacted }
}

const WITHHELD = 'it may hold secrets, which are found in JSON only: --raw shows all of it'

/** Whether bytes can be read to name a secret, in whatever encoding: Latin 1, or UTF-16, say. */
function namesSecrets(body: Buffer): boolean {
  const letters = body.toString('latin1').replaceAll('\0', '')
  return redactAny(letters) !== letters
}
