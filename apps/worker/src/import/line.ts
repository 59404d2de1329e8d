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
  const start = json.indexOf('{')
  let found = ''
  let depth = 0
  let key: string | null = null
  let from = start + 1
  for (let index = start; index < json.length; index++) {
    const character = json[index]
    if (character === '"') index = stringEnd(json, index)
    else if (character === '{' || character === '[') depth++
    else if (character === ':' && depth === 1 && key === null) {
      key = JSON.parse(json.slice(from, index))
      from = index + 1
    } else if ((character === ',' && depth === 1) || ((character === '}' || character === ']') && --depth === 0)) {
      if (key === name) found = json.slice(from, index).trim()
      key = null
      from = index + 1
    }
  }
  return found
}

/** Where the string that begins at `index` ends. */
function stringEnd(json: string, index: number): number {
  let end = index + 1
  while (json[end] !== '"' && end < json.length) end += json[end] === '\\' ? 2 : 1
  return end
}
