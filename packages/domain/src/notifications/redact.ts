import { isObject, rewriteJson } from './json.ts'
import { replaceMembers } from './replaceMembers.ts'

const names = 'auth[_-]?token|admin[_-]?pass|password|service[_-]?catalog|user[_-]?data|injected[_-]?files'

const secretName = new RegExp(names, 'i')

/** A value that holds nothing, in JSON or in Python, with `$N` for the number of the group that its quote is. */
const empty = `(?:null|None|\\[\\s{0,8}\\]|\\{\\s{0,8}\\}|(\\\\{0,64}["'])\\$N)`

/**
 * The name of a secret anywhere, unless it is a key with an empty value. Nearly all notifications hold secrets empty or not
 * at all, and this spares them the walk; in doubt, it does not. Every part is bounded, so that its time grows with the text
 * alone.
 */
const heldSecret = `(?:${names})(?![^"'\\\\]{0,64}\\\\{0,64}["']\\s{0,8}:\\s{0,8}${empty.replace('$N', '1')})`

const mayHoldSecret = new RegExp(heldSecret, 'i')

/** The same, one after the other. */
const heldSecrets = new RegExp(heldSecret, 'gi')

/** An escape in a place where nobody needs one: a name could be written so. */
const escapedLetter = /\\u00[4-7]/

/**
 * A secret in a text that is no JSON as a whole: in Python's notation, a piece of JSON (the quotes may have backslashes before
 * them), or an assignment. Its value ends with its quote, else at what separates words; from an opening bracket on, everything.
 */
const writtenSecret = new RegExp(
  `((?:(\\\\{0,64}["'])[^"'\\\\]{0,64}(?:${names})[^"'\\\\]{0,64}\\2\\s{0,8}:|(?:${names})\\w{0,64}=)\\s{0,8})` +
    `(?!${empty.replace('$N', '3')})` +
    `(?:[bru]{0,2}(\\\\{0,64}["'])(?:[^]*?(?<!\\\\)\\4|[^]*)|[[{(][^]*|[^\\s,;&)\\]}]+)`,
  'gi',
)

export const REDACTED = '<redacted>'

/**
 * The text of a notification without its secrets: tokens, passwords, the service catalog, user data and injected files,
 * found by name at every depth and also in strings that hold JSON or Python. What is not a secret keeps every character of
 * its value, and a text without secrets every character.
 *
 * @param text valid JSON
 */
export function redact(text: string): string {
  if (!isSuspect(text)) return text
  // Nearly always a key says it all, and its value can be cut out of the text.
  const cut = hasEscapedLetter(text) ? null : replaceMembers(text, heldSecrets, JSON.stringify(REDACTED))
  return cut ?? redactByWalk(text)
}

/** @throws SyntaxError when it is no JSON and may hold secrets */
function redactByWalk(text: string): string {
  if (!isSuspect(text)) return text
  const walk = new Walk()
  const clean = rewriteJson(text, walk.visit)
  return walk.found ? clean : text
}

/** The same for a text that need not be JSON; null when it may hold secrets that cannot be found in it. */
export function redactAny(text: string): string | null {
  try {
    return redactByWalk(text)
  } catch {
    return null
  }
}

function isSuspect(text: string): boolean {
  return mayHoldSecret.test(text) || hasEscapedLetter(text)
}

function hasEscapedLetter(text: string): boolean {
  // A search for one text is many times faster than one for a pattern, and nearly always enough.
  return text.includes('\\u00') && escapedLetter.test(text)
}

/** One way through a document, and whether there was a secret on it. */
class Walk {
  found = false

  visit = (key: string, value: unknown): unknown => {
    if (secretName.test(key)) {
      if (isEmpty(value)) return value
      this.found = true
      return REDACTED
    }
    return typeof value === 'string' && isSuspect(value) ? this.#inside(value) : value
  }

  #inside(text: string): string {
    const inner = new Walk()
    let clean: string
    try {
      clean = rewriteJson(text, inner.visit)
    } catch {
      clean = text.replace(writtenSecret, `$1'${REDACTED}'`)
      inner.found = clean !== text
    }
    if (!inner.found) return text
    this.found = true
    return clean
  }
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
}
