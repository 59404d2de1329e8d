import { at, isNestedWithin, isObject, type JsonObject, memberText, parseJson } from './json.ts'
import { type Rejection, rejected } from './rejection.ts'

/** Deeper than any real notification. PostgreSQL and other readers of the stored JSON recurse. */
const MAX_DEPTH = 100

/** The notification of a message, parsed, and its JSON text. */
export interface Opened {
  kind: 'opened'
  notification: JsonObject
  text: string
}

/**
 * Parses a message body: a bare notification, or an oslo.messaging 2.0 envelope with the notification as a JSON
 * string (some clients send an object).
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

/** The parser's message without the text it quotes, which may contain a secret. */
function withoutContent(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/, (?:\.\.\.)?".*"(?:\.\.\.)? is not valid JSON$/s, '')
}

function open(text: string, subject: string): Opened | Rejection {
  if (!isNestedWithin(text, MAX_DEPTH))
    return rejected('nested too deeply', `${subject} is nested more than ${MAX_DEPTH} deep`)
  let value: unknown
  try {
    value = parseJson(text)
  } catch (error) {
    return rejected('not json', `${subject} is not JSON: ${withoutContent(error)}`)
  }
  return isObject(value)
    ? { kind: 'opened', notification: value, text }
    : rejected('not an object', `${subject} is ${typeName(value)}, not an object`)
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`
}
