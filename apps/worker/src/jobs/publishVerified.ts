import { claimUnsent, inTransaction, markSent } from '@stacktach/db'
import { verifiedNotification } from '@stacktach/domain'
import { openPublisher } from '../broker/openPublisher.ts'
import type { JobContext } from './context.ts'

/** Publications sent in one transaction. */
const MESSAGES_PER_CLAIM = 100

/**
 * Publishes what is verified and not sent yet. It is marked in the transaction that claimed it, after the broker confirmed
 * it: a crash in between sends it once more, under the same message id.
 *
 * @throws Error when the broker does not take it; it waits then, and the timer rings again
 */
export async function publishVerified({ database, publishing, stopping, clock, logger }: JobContext) {
  const total = { sent: 0, unroutable: 0 }
  if (publishing === null) return total
  const publisher = await openPublisher(publishing)
  try {
    while (!stopping.aborted) {
      const { sent, unroutable } = await inTransaction(database.pool, async (client) => {
        const unsent = await claimUnsent(client, MESSAGES_PER_CLAIM)
        const messages = unsent.map(({ service, messageId, originalMessageId, json }) => ({
          messageId,
          body: verifiedNotification(json, { event: publishing.events[service], messageId, originalMessageId }),
        }))
        const returned = await publisher.send(messages)
        const confirmed = unsent.filter(({ messageId }) => !returned.has(messageId))
        await markSent(
          client,
          confirmed.map(({ id }) => id),
          clock(),
        )
        return { sent: confirmed.length, unroutable: returned.size }
      })
      total.sent += sent
      total.unroutable = unroutable
      if (sent === 0) break
    }
  } finally {
    await publisher.close()
  }
  if (total.unroutable > 0) {
    const { exchange, routingKeys } = publishing
    logger.warn({ exchange, routingKeys, ...total }, 'no queue takes verified exists: they wait until one is bound')
  }
  return total
}
