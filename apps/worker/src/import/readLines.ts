import { setImmediate } from 'node:timers/promises'
import { type Parsed, readMessage } from '../ingest/message.ts'
import { type ImportedMessage, readLine } from './line.ts'
import type { LineBatch } from './readBatches.ts'

/** What the lines of a batch mean. */
export interface ReadLines {
  /** Messages of one exchange of one deployment each. */
  channels: Parsed<ImportedMessage>[][]
  /** Lines that are no messages, by their number, and why. */
  unreadable: { line: number; reason: string }[]
}

/** Lines that are read at once. */
const SLICE = 25

/**
 * Reads the lines of a batch; empty ones mean nothing. It gives way now and then: what is stored meanwhile takes many steps,
 * and would wait with each of them.
 *
 * @param maxBody bytes of a message's body at most
 */
export async function readLines({ lines, first }: LineBatch, maxBody: number): Promise<ReadLines> {
  const unreadable: ReadLines['unreadable'] = []
  const channels = new Map<string, Parsed<ImportedMessage>[]>()
  for (const [index, line] of lines.entries()) {
    if (index % SLICE === 0) await setImmediate()
    const text = line.toString('utf8')
    if (text.trim() === '') continue
    const message = readLine(text)
    if (typeof message === 'string') {
      unreadable.push({ line: first + index, reason: message })
      continue
    }
    const read = { ...message, result: readMessage(message, maxBody) }
    const key = JSON.stringify([message.deployment, message.exchange])
    const channel = channels.get(key)
    if (channel) channel.push(read)
    else channels.set(key, [read])
  }
  return { channels: [...channels.values()], unreadable }
}
