import type { ListedRejected } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'

/** A rejected message for scripts. */
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
    whole: isWhole(message),
  }
}

/** Whether all of its bytes are kept; without them it cannot be stored again. */
export function isWhole({ size, kept }: Pick<ListedRejected, 'size' | 'kept'>): boolean {
  return size === kept
}

/** How large it is, for people. */
export function sizeText(message: Pick<ListedRejected, 'size' | 'kept'>): string {
  return isWhole(message) ? String(message.size) : `${message.size} (the first ${message.kept} are kept)`
}
