import { type Read, readMessages } from '../ingest/message.ts'
import { type ImportedMessage, readLine } from './line.ts'
import type { LineBatch } from './readBatches.ts'

/** What the lines of a batch mean. */
export interface ReadLines {
  /** Messages of one exchange of one deployment each. */
  channels: Read<ImportedMessage>[][]
  /** Lines that are no messages, by their number, and why. */
  unreadable: { line: number; reason: string }[]
}

/** Reads the lines of a batch; empty ones mean nothing. @param maxBody bytes of a message's body at most */
export function readLines({ lines, first }: LineBatch, maxBody: number): ReadLines {
  const unreadable: ReadLines['unreadable'] = []
  const channels = new Map<string, ImportedMessage[]>()
  lines.forEach((line, index) => {
    const text = line.toString('utf8')
    if (text.trim() === '') return
    const read = readLine(text)
    if (typeof read === 'string') {
      unreadable.push({ line: first + index, reason: read })
      return
    }
    const key = JSON.stringify([read.deployment, read.exchange])
    const messages = channels.get(key)
    if (messages) messages.push(read)
    else channels.set(key, [read])
  })
  return { channels: [...channels.values()].map((messages) => readMessages(messages, maxBody)), unreadable }
}
