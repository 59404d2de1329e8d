import { openPublisher } from '@stacktach/broker'
import { claimUnsent, inTransaction, markSent } from '@stacktach/db'
import { verifiedNotification } from '@stacktach/domain'
import type { Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'

/** Maximum number of outbox messages that one transaction sends. */
const MESSAGES_PER_CLAIM = 100

/**
 * Publishes the unsent outbox messages. The transaction that claimed them marks them as sent after the broker's confirm: a
 * crash in between sends them again, with the same message ids.
 *
 * @param connect connects to the broker; tests replace it
 * @throws Error when the broker is unavailable or rejects a message. The messages of that transaction stay unsent; the timer
 * wakes this job up again.
 */
export async function publishVerified(
  { database, publishing, stopping, clock, logger }: JobContext,
  connect: typeof openPublisher = openPublisher,
): Promise<Result<'publish-verified'>> {
  const total = { sent: 0, unroutable: 0 }
  if (publishing === null) return total
  const publisher = await connect(publishing)
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
    logger.warn(
      { exchange, routingKeys, ...total },
      'verified exists are unroutable; they stay unsent until a queue is bound',
    )
  }
  return total
}
