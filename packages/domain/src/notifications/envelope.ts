import { type Rejection, rejected } from './delivery.ts'
import { at, isNestedWithin, isObject, type JsonObject, memberText, parseJson } from './json.ts'

/** Deeper than any notification; PostgreSQL and every reader of the stored JSON recurse. */
const MAX_DEPTH = 100

/** A notification out of its envelope: parsed, and the text it was parsed from. */
export interface Opened {
  kind: 'opened'
  notification: JsonObject
  text: string
}

/**
 * Takes a message's body apart: a bare notification, or oslo.messaging's 2.0 envelope with the notification as a string
 * of JSON (a few clients send it as an object).
 */
export function openEnvelope(body: string): Opened | Rejection {
  const outer = open(body, 'the body')
  if (outer.kind === 'rejected' || at(outer.notification, 'oslo.version') === undefined) return outer
  const inner = at(outer.notification, 'oslo.message')
  if (typeof inner === 'string') {
    const opened = open(inner, 'oslo.message')
    return opened.kind === 'rejected' ? rejected('bad envelope', opened.detail) : opened
  }
  if (isObject(inner)) return { kind: 'opened', notification: inner, text: memberText(body, 'oslo.message') }
  return rejected('bad envelope', 'oslo.message is neither a string nor an object')
}

/** What a parser says is wrong, without the piece of the text that it quotes: that may be of a secret. */
function withoutContent(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, '')
}

function open(text: string, what: string): Opened | Rejection {
  if (!isNestedWithin(text, MAX_DEPTH))
    return rejected('nested too deeply', `${what} is nested more than ${MAX_DEPTH} deep`)
  let value: unknown
  try {
    value = parseJson(text)
  } catch (error) {
    return rejected('not json', `${what} is not JSON: ${withoutContent(error)}`)
  }
  return isObject(value)
    ? { kind: 'opened', notification: value, text }
    : rejected(
        'not an object',
        `${what} is ${Array.isArray(value) ? 'an array' : `a ${value === null ? 'null' : typeof value}`}, not an object`,
      )
}
