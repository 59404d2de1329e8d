import { isObject } from './json.ts'

/** Keys of an exception's kwargs that identify the kind of failure. */
const kwargsParts = ['value', 'reason', 'method', 'topic', 'exc_type', 'actual', 'code'] as const

/** Keys of the exception itself. */
const ownParts = ['message', 'cmd', 'stderr', 'exit_code', 'code', 'description', 'stdout'] as const

/** Variable parts of an exception text and their masks, in the order of their application. */
const masks: [RegExp, string][] = [
  [/req-[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi, '$REQ_ID'],
  [/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/gi, '$UUID'],
  [/\d{1,3}(?:\.\d{1,3}){3}/g, '$HOST_ADDRESS'],
  [/\d{4,}/g, '$LG_NUM'],
]

/**
 * Formats an exception as one line that is equal for all failures of its kind: the relevant parts, without ids,
 * addresses and long numbers.
 */
export function exceptionText(exception: unknown): string {
  return masks.reduce((text, [pattern, name]) => text.replace(pattern, () => name), unmasked(exception))
}

function unmasked(exception: unknown): string {
  if (!isObject(exception)) return text(exception)
  const kwargs = isObject(exception.kwargs) ? exception.kwargs : {}
  const parts = [
    ...kwargsParts.map((name) => part(name, name === 'value' ? cut(kwargs.value) : kwargs[name])),
    part('expected', Array.isArray(kwargs.expected) ? kwargs.expected[0] : kwargs.expected),
    ...details(exception.details),
    ...ownParts.map((name) => part(name, exception[name])),
  ].filter((text) => text !== '')
  return parts.length > 0 ? parts.join(', ') : pairs(exception).join(', ')
}

/** Removes the traceback of the remote side from a remote error. */
function cut(value: unknown): unknown {
  const at = typeof value === 'string' ? value.indexOf('Traceback') : -1
  return typeof value === 'string' && at >= 0 ? `${value.slice(0, at)}$TRACEBACK` : value
}

function details(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(text)
  return isObject(value) ? pairs(value) : [text(value)]
}

function pairs(value: Record<string, unknown>): string[] {
  return Object.entries(value).map(([name, item]) => part(name, item))
}

/** Empty for an empty value. */
function part(name: string, value: unknown): string {
  const content = text(value)
  return content === '' ? '' : `${name}: ${content}`
}

function text(value: unknown): string {
  if (value === undefined || value === null || value === '') return ''
  if (typeof value === 'string') return value
  return typeof value === 'object'
    ? JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? `${item}` : item))
    : String(value)
}
