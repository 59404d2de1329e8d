import { isObject, rewriteJson } from './json.ts'

const names = 'auth_token|admin_?pass|password|service_catalog|user_data|injected_files'

const secretName = new RegExp(names, 'i')

/**
 * A secret's name with a value that is not empty: as JSON, at any depth, also inside strings that hold JSON (the quotes then
 * have backslashes before them), or as Python writes a dictionary, which is how nova tells of exceptions. Nearly all
 * notifications hold secrets empty or not at all, and this spares them the walk. Every part is bounded, so that its time
 * grows with the text alone.
 */
const mayHoldSecret = new RegExp(
  `(?:${names})[^"'\\\\]{0,64}\\\\{0,16}["']\\s{0,8}:(?!\\s{0,8}(?:null|None|\\[\\s{0,8}\\]|\\{\\s{0,8}\\}|''|(\\\\{0,16})"\\1"))`,
  'i',
)

/** An escape in a place where nobody needs one: a name could be written so. */
const escapedLetter = /\\u00[4-7]/i

/** A secret in Python's notation: a quoted value, or everything from an opening bracket on. */
const pythonSecret = new RegExp(
  `((["'])[^"']{0,64}(?:${names})[^"']{0,64}\\2\\s{0,8}:\\s{0,8})(?:u?'(?:[^'\\\\]|\\\\.)*'|u?"(?:[^"\\\\]|\\\\.)*"|[[{(][^]*)`,
  'gi',
)

export const REDACTED = '<redacted>'

/**
 * The text of a notification without its secrets: tokens, passwords, the service catalog, user data and injected files,
 * found by name at every depth and also in strings that hold JSON or Python. What is not a secret keeps every character of
 * its value.
 */
export function redact(text: string): string {
  return mayHoldSecret.test(text) || escapedLetter.test(text) ? rewriteJson(text, withoutSecret) : text
}

/** The same for a text that need not be JSON; null when it may hold secrets that cannot be found in it. */
export function redactAny(text: string): string | null {
  try {
    return redact(text)
  } catch {
    return null
  }
}

function withoutSecret(key: string, value: unknown): unknown {
  if (secretName.test(key)) return isEmpty(value) ? value : REDACTED
  return typeof value === 'string' && mayHoldSecret.test(value) ? redactInside(value) : value
}

function redactInside(text: string): string {
  try {
    return rewriteJson(text, withoutSecret)
  } catch {
    return text.replace(pythonSecret, `$1'${REDACTED}'`)
  }
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
}
