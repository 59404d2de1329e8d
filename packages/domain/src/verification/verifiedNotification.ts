import { isObject, rewriteDocument } from '../notifications/json.ts'

/** What a verified exists is published as. */
export interface VerifiedMessage {
  /** Event type of the published notification. */
  event: string
  /** Its message id: a new one, since it is another notification. */
  messageId: string
  /** That of the exists it verifies. */
  originalMessageId: string | null
}

/**
 * The notification that says that an exists is verified, as StackTach's: the exists itself, with another event type and
 * message id, and its own message id as `original_message_id`. Numbers keep their digits.
 *
 * @param json `[routing_key, notification]`, as the exists is stored
 * @throws TypeError when it is no such pair
 */
export function verifiedNotification(json: string, { event, messageId, originalMessageId }: VerifiedMessage): string {
  return rewriteDocument(json, (pair) => {
    const notification: unknown = Array.isArray(pair) ? pair[1] : undefined
    if (!isObject(notification)) throw new TypeError('a stored notification is a pair of routing key and notification')
    return { ...notification, event_type: event, message_id: messageId, original_message_id: originalMessageId }
  })
}
