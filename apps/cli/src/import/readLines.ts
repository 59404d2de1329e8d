import { setImmediate } from 'node:timers/promises'
import { type Parsed, readMessage } from '@stacktach/ingestion'
import { type ImportedMessage, readLine } from './line.ts'
import type { LineBatch } from './readBatches.ts'

/** The parsed lines of a batch. */
export interface ReadLines {
  /** Messages, grouped by deployment and exchange. */
  channels: Parsed<ImportedMessage>[][]
  /** Lines that are not messages, by number, with the reason. */
  unreadable: { line: number; reason: string }[]
}

/** Lines parsed between two turns of the event loop. */
const LINES_PER_TURN = 25

/**
 * Parses the lines of a batch; empty lines are skipped. Yields to the event loop regularly, because the previous batches
 * are being stored meanwhile.
 *
 * @param maxBody maximum size of a message in bytes
 */
export async function readLines({ lines, first }: LineBatch, maxBody: number): Promise<ReadLines> {
  const unreadable: ReadLines['unreadable'] = []
  const channels = new Map<string, Parsed<ImportedMessage>[]>()
  for (const [index, line] of lines.entries()) {
    if (index % LINES_PER_TURN === 0) await setImmediate()
    const text = line.toString('utf8')
    if (text.trim() === '') continue
    const message = readLine(text)
    if (typeof message === 'string') {
      unreadable.push({ line: first + index, reason: message })
      continue
    }
    const parsed = { ...message, result: readMessage(message, maxBody) }
    const key = JSON.stringify([message.deployment, message.exchange])
    const channel = channels.get(key)
    if (channel) channel.push(parsed)
    else channels.set(key, [parsed])
  }
  return { channels: [...channels.values()], unreadable }
}
