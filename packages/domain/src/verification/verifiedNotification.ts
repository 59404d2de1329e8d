import { isObject, rewriteDocument } from '../notifications/json.ts'

/** Event type and ids of the notification published for a verified exists. */
export interface VerifiedMessage {
  /** Event type of the published notification. */
  event: string
  /** A new message id, because it is a separate notification. */
  messageId: string
  /** Message id of the verified exists. */
  originalMessageId: string | null
}

/**
 * Builds StackTach's verified notification: the exists with another event type and message id, and its own message id
 * as `original_message_id`. Numbers keep their digits.
 *
 * @param json `[routing_key, notification]`, as stored for the exists
 * @throws TypeError when it is not that pair
 */
export function verifiedNotification(json: string, { event, messageId, originalMessageId }: VerifiedMessage): string {
  return rewriteDocument(json, (pair) => {
    const notification: unknown = Array.isArray(pair) ? pair[1] : undefined
    if (!isObject(notification)) throw new TypeError('the stored JSON is not a pair of routing key and notification')
    return { ...notification, event_type: event, message_id: messageId, original_message_id: originalMessageId }
  })
}
