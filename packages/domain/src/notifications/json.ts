import { parse, stringify } from 'lossless-json'
import { endOfString } from './scanJson.ts'

export type JsonObject = { [key: string]: unknown }

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value at a path of own keys, undefined if any is missing. */
export function at(value: unknown, ...path: string[]): unknown {
  let current = value
  for (const key of path) {
    if (!isObject(current) || !Object.hasOwn(current, key)) return undefined
    current = current[key]
  }
  return current
}

/** Digits from which a number may not represent an integer exactly. */
const LONG_DIGITS = 16

/** A long number follows a bracket, comma, colon or blank; the digits of an id do not. */
const longNumber = /(?:^|[[,:\s])-?\d{16}/

function mayHoldLongNumber(text: string): boolean {
  // Each run of LONG_DIGITS digits includes every LONG_DIGITS-th character, so it is enough to check those.
  for (let at = LONG_DIGITS - 1; at < text.length; at += LONG_DIGITS) {
    if (isDigit(text.charCodeAt(at)) && isAmongDigits(text, at)) return longNumber.test(text)
  }
  return false
}

/** Whether this character is in a run of LONG_DIGITS digits. */
function isAmongDigits(text: string, at: number): boolean {
  let first = at
  while (at - first < LONG_DIGITS && isDigit(text.charCodeAt(first - 1))) first--
  let last = at
  while (last - first < LONG_DIGITS - 1 && isDigit(text.charCodeAt(last + 1))) last++
  return last - first >= LONG_DIGITS - 1
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

/**
 * JSON.parse, but an integer that a number cannot represent exactly (bandwidth counters exceed 2^53) becomes a
 * bigint.
 *
 * @throws SyntaxError when the text is not JSON
 */
export function parseJson(text: string): unknown {
  // Few bodies contain a long number, and the exact parser is several times slower.
  return mayHoldLongNumber(text) ? parseExactly(text, exactNumber) : JSON.parse(text)
}

/** JSON.stringify, but a bigint is written as a number. */
export function stringifyJson(value: unknown): string {
  return stringify(value) ?? 'null'
}

/** Rewrites a JSON text by changing the whole document. Unchanged numbers keep their digits. */
export function rewriteDocument(text: string, change: (document: unknown) => unknown): string {
  return stringify(change(parseExactly(text))) ?? 'null'
}

/** The text of one member of a JSON object; numbers keep their digits. */
export function memberText(text: string, key: string): string {
  return stringify(at(parseExactly(text), key)) ?? 'null'
}

function parseExactly(text: string, parseNumber?: (digits: string) => unknown): unknown {
  // Like JSON.parse, use the last of duplicate keys.
  return parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue, ...(parseNumber ? { parseNumber } : {}) })
}

/** More digits than any counter has. The time to parse a BigInt grows quadratically. */
const MAX_DIGITS = 40

function exactNumber(digits: string): number | bigint {
  const number = Number(digits)
  const exact = /^-?\d+$/.test(digits) && !Number.isSafeInteger(number) && digits.length <= MAX_DIGITS
  return exact ? BigInt(digits) : number
}

/** Whether objects and arrays are nested at most `limit` deep. Brackets inside strings are ignored. */
export function isNestedWithin(text: string, limit: number): boolean {
  // Counting brackets is much faster than tracking depth, and nearly every notification has fewer than the limit.
  return hasAtMost(text, ['{', '['], limit) || isWalkedWithin(text, limit)
}

function hasAtMost(text: string, characters: readonly string[], limit: number): boolean {
  let count = 0
  for (const character of characters) {
    for (let index = text.indexOf(character); index !== -1; index = text.indexOf(character, index + 1)) {
      if (++count > limit) return false
    }
  }
  return true
}

function isWalkedWithin(text: string, limit: number): boolean {
  let depth = 0
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code === 0x22) index = endOfString(text, index) - 1
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > limit) return false
    } else if (code === 0x7d || code === 0x5d) depth--
  }
  return true
}

/** Canonical JSON: equal values give the same text, regardless of key order. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value) ?? 'null'
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key])}`).join(',')}}`
}
