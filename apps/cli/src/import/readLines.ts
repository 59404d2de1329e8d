import { setImmediate } from 'node:timers/promises'
import { type Parsed, type ReadOptions, readMessage } from '@stacktach/ingestion'
import { type ImportedMessage, readLine } from './line.ts'
import type { LineBatch } from './readBatches.ts'

/** The parsed lines of a batch. */
export interface ReadLines {
  messages: Parsed<ImportedMessage>[]
  /** Lines that are not messages, by number, with the reason. */
  unreadable: { line: number; reason: string }[]
}

/** Lines parsed between two turns of the event loop. */
const LINES_PER_TURN = 25

/**
 * Parses the lines of a batch; empty lines are skipped. Yields to the event loop regularly, because the previous batches
 * are being stored meanwhile.
 */
export async function readLines({ lines, first }: LineBatch, options: ReadOptions): Promise<ReadLines> {
  const unreadable: ReadLines['unreadable'] = []
  const messages: Parsed<ImportedMessage>[] = []
  for (const [index, line] of lines.entries()) {
    if (index % LINES_PER_TURN === 0) await setImmediate()
    const text = line.toString('utf8')
    if (text.trim() === '') continue
    const message = readLine(text)
    if (typeof message === 'string') {
      unreadable.push({ line: first + index, reason: message })
      continue
    }
    messages.push({ ...message, result: readMessage(message, options) })
  }
  return { messages, unreadable }
}
