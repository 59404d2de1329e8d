import { endOfValue, skipBlanks } from '@stacktach/domain'
import type { Message } from '@stacktach/ingestion'

/** A message of an imported line. */
export interface ImportedMessage extends Message {
  deployment: string
}

/**
 * Parses a line `{"deployment","exchange","routing_key","body"}`. A body that is a string is the message itself; any
 * other is copied from the line as text, so that its numbers keep their digits.
 *
 * @returns a string, the reason, when the line is not a message
 */
export function readLine(line: string): ImportedMessage | string {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    return 'not valid JSON'
  }
  const member = (name: string): unknown =>
    typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? Reflect.get(parsed, name) : undefined
  const [deployment, exchange, routingKey] = ['deployment', 'exchange', 'routing_key'].map(member)
  const body = member('body')
  if (typeof deployment !== 'string' || deployment === '') return 'deployment is missing'
  if (typeof exchange !== 'string') return 'exchange is missing'
  if (typeof routingKey !== 'string') return 'routing_key is missing'
  if (body === undefined) return 'body is missing'
  return {
    deployment,
    exchange,
    routingKey,
    body: Buffer.from(typeof body === 'string' ? body : valueText(line, 'body')),
  }
}

/** The text of a member's value in the text of a JSON object; as in JSON.parse, the last of several members counts. */
export function valueText(json: string, name: string): string {
  let text = ''
  let keyStart = skipBlanks(json, json.indexOf('{') + 1)
  while (json[keyStart] === '"') {
    const keyEnd = endOfValue(json, keyStart)
    const valueStart = skipBlanks(json, json.indexOf(':', keyEnd) + 1)
    const valueEnd = endOfValue(json, valueStart)
    if (JSON.parse(json.slice(keyStart, keyEnd)) === name) text = json.slice(valueStart, valueEnd)
    // A comma and the next member follow, or the end.
    keyStart = skipBlanks(json, skipBlanks(json, valueEnd) + 1)
  }
  return text
}
