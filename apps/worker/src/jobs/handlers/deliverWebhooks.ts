import { claimDeliveries, type DeliveryOutcome, storeOutcomes, type WebhookMessage } from '@stacktach/db'
import { retryDelay, SECOND } from '@stacktach/domain'
import type { Result } from '@stacktach/jobs'
import type { JobContext, Webhook } from '../context.ts'
import { postMessage } from '../webhook/postMessage.ts'
import { signMessage, webhookBody } from '../webhook/webhookMessage.ts'

/** Messages that are sent at the same time. */
const MESSAGES_PER_CLAIM = 20

/** How long a receiver may take for an answer. */
const ATTEMPT_TIMEOUT_MS = 10_000

/** Longer than an attempt and the storage of its outcome take. A killed process's messages are sent again after it. */
const LEASE = 30 * SECOND

/**
 * POSTs the due messages to the webhook. Each is delivered at least once, always with the same id and body: a message whose
 * outcome was not stored is sent again. Ends after a round without a success, because the receiver is then unavailable; the
 * timer wakes it up again.
 *
 * @param timeoutMs how long the receiver may take; tests shorten it
 */
export async function deliverWebhooks(
  context: JobContext,
  timeoutMs = ATTEMPT_TIMEOUT_MS,
): Promise<Result<'deliver-webhooks'>> {
  const total = { delivered: 0, failed: 0 }
  const { database, webhook, stopping, clock, logger } = context
  if (webhook === null) return total
  let reason: string | null = null
  while (!stopping.aborted) {
    const now = clock()
    const messages = await claimDeliveries(database.pool, MESSAGES_PER_CLAIM, now, now + LEASE)
    if (messages === null) break
    const outcomes = await Promise.all(messages.map((message) => attemptDelivery(context, webhook, message, timeoutMs)))
    await storeOutcomes(database.pool, outcomes, clock())
    const failed = outcomes.filter(({ error }) => error !== null)
    total.delivered += outcomes.length - failed.length
    total.failed += failed.length
    reason = failed[0]?.error ?? reason
    if (messages.length > 0 && failed.length === messages.length) break
  }
  if (total.failed > 0) {
    logger.warn({ receiver: new URL(webhook.url).host, reason, ...total }, 'webhook deliveries failed, retrying later')
  }
  return total
}

async function attemptDelivery(
  { stopping, clock }: JobContext,
  { url, key, events }: Webhook,
  message: WebhookMessage,
  timeoutMs: number,
): Promise<DeliveryOutcome> {
  const { id, attempt, messageId, service } = message
  const signed = signMessage(messageId, webhookBody(message, events[service]), key, clock())
  const error = await postMessage(url, signed, AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]))
  if (error === null) return { id, attempt, error, nextAttemptAt: null }
  // The process stops, so the receiver did not fail: the next process sends the message at once.
  if (stopping.aborted) return { id, attempt, error: 'the process stopped', nextAttemptAt: clock() }
  return { id, attempt, error, nextAttemptAt: clock() + retryDelay(attempt, Math.random()) }
}
