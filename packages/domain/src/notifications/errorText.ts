import { storable } from './columns.ts'
import { exceptionText } from './exceptionText.ts'
import { isObject, type JsonObject } from './json.ts'

/** The text of an error notification that describes no error. */
export const NO_ERROR_TEXT = 'no error text'

/** Maximum characters of an error text, and of an exception that is examined. */
const TEXT_LENGTH = 300
const EXCEPTION_LENGTH = 65_536

/**
 * The error of a notification as one line that is equal for all errors of its kind and, as far as possible, in both
 * formats: `<class>: <message>`, without ids, addresses and long numbers.
 *
 * @param payload in the classic format
 */
export function errorText(payload: JsonObject): string {
  const exception = payload.exception ?? payload.reason
  const text = described(exception) ?? firstFilled(exceptionText(exception), exceptionText(payload.message))
  const line = storable(exceptionText(text).replaceAll(/\s+/g, ' ').trim())
  return line === '' ? NO_ERROR_TEXT : cut(line)
}

/** Class and message of an exception; null if it has no message. */
function described(exception: unknown): string | null {
  const { class: name, message } = typeof exception === 'string' ? written(exception) : fields(exception)
  if (message === null || message.trim() === '') return null
  return name === null || name === '' ? message : `${name}: ${message}`
}

interface Described {
  class: string | null
  message: string | null
}

function fields(exception: unknown): Described {
  if (!isObject(exception)) return { class: null, message: null }
  const { class: name, message } = exception
  return { class: typeof name === 'string' ? name : null, message: typeof message === 'string' ? message : null }
}

/** An exception that nova wrote in Python's notation: `{'kwargs': {…}, 'message': '…', 'class': '…'}`. */
function written(exception: string): Described {
  const start = exception.slice(0, EXCEPTION_LENGTH)
  return { class: lastValue(start, 'class'), message: lastValue(start, 'message') }
}

/** The last string with this key: kwargs, which precede, can have the same key. */
function lastValue(text: string, key: string): string | null {
  const pattern = new RegExp(`['"]${key}['"]: u?(?:'((?:[^'\\\\]|\\\\.)*)'|"((?:[^"\\\\]|\\\\.)*)")`, 'g')
  const last = [...text.matchAll(pattern)].at(-1)
  const value = last?.[1] ?? last?.[2]
  return value === undefined ? null : value.replaceAll(/\\[nrt]/g, ' ').replaceAll(/\\(.)/g, '$1')
}

function firstFilled(...texts: string[]): string {
  return texts.find((text) => text.trim() !== '') ?? ''
}

function cut(line: string): string {
  return line.length <= TEXT_LENGTH ? line : `${storable(line.slice(0, TEXT_LENGTH - 1)).replace(/\ufffd$/, '')}…`
}
