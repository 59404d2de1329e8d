import { at, isObject, rewriteJson } from './json.ts'

const secretName = /auth_token|admin_?pass|password|service_catalog|user_data|injected_files/i

/**
 * A secret's name with a value that is not empty, at any depth, also inside a string that holds JSON itself (its quotes
 * then have backslashes). Today's clouds send nearly all of them empty, so that this spares nearly every body the walk.
 */
const mayHoldSecret =
  /(?:auth_token|admin_?pass|password|service_catalog|user_data|injected_files)[^"\\]*\\*"\s*:(?!\s*(?:null|\[\s*\]|\{\s*\}|\\*"\\*"))/i

export const REDACTED = '<redacted>'

/**
 * The text of a notification without its secrets: tokens, passwords, the service catalog, user data and injected files,
 * found by name at every depth and also in strings that hold JSON. What is not a secret keeps every character of its value.
 */
export function redact(text: string): string {
  return mayHoldSecret.test(text) ? rewriteJson(text, withoutSecret) : text
}

function withoutSecret(key: string, value: unknown): unknown {
  if (secretName.test(key)) return isEmpty(value) ? value : REDACTED
  return typeof value === 'string' && mayHoldSecret.test(value) ? redactInside(value) : value
}

function redactInside(text: string): string {
  try {
    return rewriteJson(text, withoutSecret)
  } catch {
    // Not JSON but, for example, the text of an exception: its values cannot be told apart, so none is kept.
    return REDACTED
  }
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true
  return Array.isArray(value)
    ? value.length === 0
    : isObject(value) && at(value, 'isLosslessNumber') === undefined && Object.keys(value).length === 0
}
