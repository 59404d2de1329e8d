import type { ListedRejected } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'

const MAX_DETAIL_CHARACTERS = 80

/** A rejected message in JSON output. */
export function rejectedObject(message: ListedRejected) {
  return {
    id: message.id,
    deployment: message.deployment,
    exchange: message.exchange,
    routing_key: message.routingKey,
    reason: message.reason,
    detail: message.detail,
    size: message.size,
    received_at: formatInstant(message.receivedAt),
    truncated: isTruncated(message),
  }
}

/** Whether only the beginning of the body is stored; such a message cannot be replayed. */
export function isTruncated({ size, kept }: Pick<ListedRejected, 'size' | 'kept'>): boolean {
  return size !== kept
}

/** Size of the body in bytes, and how much of it is stored. */
export function bodySizeText(message: Pick<ListedRejected, 'size' | 'kept'>): string {
  return isTruncated(message) ? `${message.size} (${message.kept} stored)` : String(message.size)
}

/** Shortens a detail to one table cell; it may quote a long part of the message. */
export function shortDetail(detail: string): string {
  const line = detail.replaceAll(/\s+/g, ' ')
  return line.length > MAX_DETAIL_CHARACTERS ? `${line.slice(0, MAX_DETAIL_CHARACTERS - 1)}…` : line
}
