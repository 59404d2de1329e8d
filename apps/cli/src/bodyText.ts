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
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body, { stream: !whole })
  } catch {
    return { encoding: 'hex', text: body.toString('hex') }
  }
  const redacted = redactAny(text)
  return redacted === null
    ? { encoding: 'utf-8', text: '', note: 'it may hold secrets, which are found in JSON only: --raw shows all of it' }
    : { encoding: 'utf-8', text: redacted }
}
