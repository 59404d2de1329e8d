import { applyCuts } from './cuts.ts'
import { jsonSecrets } from './jsonSecrets.ts'
import { replaceMembers } from './replaceMembers.ts'
import { isSecretName, lowerCase, secretHint } from './secretName.ts'

/** An empty value in JSON or Python. */
const empty = `(?:n(?:ull|one)|\\[\\s{0,8}\\]|\\{\\s{0,8}\\}|(\\\\{0,64}["'])\\1(?!["']))`

/**
 * Matches a hint in a lower-case text, except in a key with an empty value. Most notifications have no match: they hold
 * no secret and are not examined further. A match may be a harmless name. Every part is bounded, so matching is linear
 * in the text.
 */
const heldSecret = new RegExp(`(?:${secretHint})(?![a-z0-9_.-]{0,64}\\\\{0,64}["']\\s{0,8}:\\s{0,8}${empty})`, 'g')

/** A letter written as an escape, which could hide a name. */
const escapedLetter = /\\u00[4-7]/

export const REDACTED = '<redacted>'

const rules = { replacement: REDACTED, mayHoldSecret }

/**
 * Replaces the secrets in a notification's text: passwords, tokens, keys and other kinds (`secretName.ts`), by name in
 * any spelling, at every depth, including inside strings with JSON, Python notation or assignments. Empty values stay.
 * All other characters stay.
 *
 * @param text valid JSON
 */
export function redact(text: string): string {
  // Usually every secret is the value of a key and can be cut out of the text.
  const clean = hasEscapedLetter(text)
    ? null
    : replaceMembers(text, heldSecret, JSON.stringify(REDACTED), isSecretName, lowerCase(text))
  return clean ?? redactStrings(text)
}

/** Examines every string, which takes longer. */
function redactStrings(text: string): string {
  return applyCuts(text, jsonSecrets(text, rules))
}

/** Redacts a text that may not be JSON; null when it may contain secrets that cannot be located. */
export function redactAny(text: string): string | null {
  if (!mayHoldSecret(text)) return text
  try {
    JSON.parse(text)
  } catch {
    return null
  }
  return redactStrings(text)
}

function mayHoldSecret(text: string): boolean {
  heldSecret.lastIndex = 0
  return heldSecret.test(lowerCase(text)) || hasEscapedLetter(text)
}

function hasEscapedLetter(text: string): boolean {
  // Searching for a string is much faster than for a pattern, and nearly always sufficient.
  return text.includes('\\u00') && escapedLetter.test(text)
}
