import { redactAny } from '@stacktach/domain'

/** A message body as printable text. */
export interface BodyText {
  encoding: 'utf-8' | 'hex'
  text: string
  /** Why the text is empty although the body is not. */
  note?: string
}

/**
 * Decodes a body and redacts its secrets; a body that is not UTF-8 becomes hexadecimal. Secrets can only be redacted in
 * JSON, so a body that may contain secrets in another form is withheld.
 *
 * @param complete false for the beginning of a body, which may end in the middle of a character
 */
export function bodyText(body: Buffer, complete: boolean): BodyText {
  let text: string | null
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body, { stream: !complete })
  } catch {
    text = null
  }
  const encoding = text === null ? 'hex' : 'utf-8'
  // UTF-16 text is valid UTF-8 with a NUL after each ASCII letter.
  if ((text === null || text.includes('\0')) && mayContainSecrets(body)) return { encoding, text: '', note: WITHHELD }
  if (text === null) return { encoding, text: body.toString('hex') }
  const redacted = redactAny(text)
  return redacted === null ? { encoding, text: '', note: WITHHELD } : { encoding, text: redacted }
}

const WITHHELD = 'the body may contain secrets, which can only be redacted in JSON; use --raw to print it unredacted'

/** Whether the bytes contain the name of a secret, as Latin 1 or UTF-16. */
function mayContainSecrets(body: Buffer): boolean {
  const letters = body.toString('latin1').replaceAll('\0', '')
  return redactAny(letters) !== letters
}
