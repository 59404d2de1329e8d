import { isObject, rewriteJson } from './json.ts'
import { replaceMembers } from './replaceMembers.ts'

const names = 'auth[_-]?token|admin[_-]?pass|password|service[_-]?catalog|user[_-]?data|injected[_-]?files'

const secretName = new RegExp(names, 'i')

/** An empty value in JSON or Python, with `$N` for the number of its quote's group. */
const empty = `(?:null|None|\\[\\s{0,8}\\]|\\{\\s{0,8}\\}|(\\\\{0,64}["'])\\$N)`

/**
 * Matches a secret's name unless it is a key with an empty value. Most notifications have no secrets or empty ones
 * and skip the walk; doubtful cases do not. Every part is bounded, so matching is linear in the text.
 */
const heldSecret = `(?:${names})(?![^"'\\\\]{0,64}\\\\{0,64}["']\\s{0,8}:\\s{0,8}${empty.replace('$N', '1')})`

const mayHoldSecret = new RegExp(heldSecret, 'i')

/** The same, one after the other. */
const heldSecrets = new RegExp(heldSecret, 'gi')

/** An unnecessary escape: it could hide a name. */
const escapedLetter = /\\u00[4-7]/

/**
 * A secret in a text that is not JSON as a whole: Python notation, embedded JSON (quotes may be escaped), or an
 * assignment. Its value ends at its quote or at a separator; after an opening bracket, everything is removed.
 */
const writtenSecret = new RegExp(
  `((?:(\\\\{0,64}["'])[^"'\\\\]{0,64}(?:${names})[^"'\\\\]{0,64}\\2\\s{0,8}:|(?:${names})\\w{0,64}=)\\s{0,8})` +
    `(?!${empty.replace('$N', '3')})` +
    `(?:[bru]{0,2}(\\\\{0,64}["'])(?:[^]*?(?<!\\\\)\\4|[^]*)|[[{(][^]*|[^\\s,;&)\\]}]+)`,
  'gi',
)

export const REDACTED = '<redacted>'

/**
 * Removes secrets from a notification's text: tokens, passwords, the service catalog, user data and injected files,
 * by name at every depth, including inside strings of JSON or Python. Other values, and texts without secrets, stay
 * unchanged character by character.
 *
 * @param text valid JSON
 */
export function redact(text: string): string {
  if (!isSuspect(text)) return text
  // Usually every secret is the value of a key and can be cut out of the text.
  const cut = hasEscapedLetter(text) ? null : replaceMembers(text, heldSecrets, JSON.stringify(REDACTED))
  return cut ?? redactByWalk(text)
}

/** @throws SyntaxError when the text is not JSON and may contain secrets */
function redactByWalk(text: string): string {
  if (!isSuspect(text)) return text
  const walk = new Walk()
  const clean = rewriteJson(text, walk.visit)
  return walk.found ? clean : text
}

/** Redacts a text that may not be JSON; null when it may contain secrets that cannot be located. */
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
  // Searching for a string is much faster than for a pattern, and nearly always sufficient.
  return text.includes('\\u00') && escapedLetter.test(text)
}

/** One walk through a document, recording whether it contained a secret. */
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
