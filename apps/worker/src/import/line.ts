import { endOfValue, skipBlanks } from '@stacktach/domain'
import type { Message } from '../ingest/message.ts'

/** A line of a file that is imported: what was published, and where. */
export interface ImportedMessage extends Message {
  deployment: string
}

/**
 * Reads a line `{"deployment","exchange","routing_key","body"}`. A body that is text is the message as it came; any other
 * is taken from the line character by character, so that its numbers keep their digits.
 *
 * @returns what is wrong with it, when it is no such line
 */
export function readLine(line: string): ImportedMessage | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    return 'it is not JSON'
  }
  const member = (name: string): unknown =>
    typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? Reflect.get(parsed, name) : undefined
  const [deployment, exchange, routingKey] = ['deployment', 'exchange', 'routing_key'].map(member)
  const body = member('body')
  if (typeof deployment !== 'string' || deployment === '') return 'it names no deployment'
  if (typeof exchange !== 'string') return 'it names no exchange'
  if (typeof routingKey !== 'string') return 'it has no routing_key'
  if (body === undefined) return 'it has no body'
  return {
    deployment,
    exchange,
    routingKey,
    body: Buffer.from(typeof body === 'string' ? body : valueText(line, 'body')),
  }
}

/** The text of a member's value in the text of a JSON object that has it; the last, if it is there twice. */
export function valueText(json: string, name: string): string {
  let found = ''
  let at = skipBlanks(json, json.indexOf('{') + 1)
  while (json[at] === '"') {
    const keyEnd = endOfValue(json, at)
    const from = skipBlanks(json, json.indexOf(':', keyEnd) + 1)
    const to = endOfValue(json, from)
    if (JSON.parse(json.slice(at, keyEnd)) === name) found = json.slice(from, to)
    // Behind it a comma and the next member, or the end.
    at = skipBlanks(json, skipBlanks(json, to) + 1)
  }
  return found
}
