import { Partitions } from '@stacktach/db'
import { WakeUps } from '@stacktach/jobs'
import { type Component, type JobsConfig, readWebhookSecret } from '@stacktach/runtime'
import type { JobContext, Publishing, Webhook } from './context.ts'

type Dependencies = Pick<
  JobContext,
  'database' | 'producer' | 'schedules' | 'webhook' | 'clock' | 'onNewFailures' | 'stopping' | 'logger'
>

/** The context of the job handlers, with its settings from the configuration. Its stop sends the pending wake-ups. */
export function openContext(config: JobsConfig, dependencies: Dependencies): Component<JobContext> {
  const { database, producer, logger } = dependencies
  const wakeUps = new WakeUps(producer, (error) => logger.debug({ reason: error.message }, 'could not enqueue wake-up'))
  const context: JobContext = {
    ...dependencies,
    partitions: new Partitions(database.pool, config.PARTITION_DAYS),
    wakeUps,
    rules: config.RULES,
    shards: config.SHARDS,
    verification: {
      level: config.VERIFY_LEVEL,
      flavorField: config.VERIFY_FLAVOR_FIELD,
      settleSeconds: config.VERIFY_SETTLE_SECONDS,
    },
    publishing: publishingOf(config),
    retention: {
      nova: config.RETENTION_DAYS_NOVA,
      glance: config.RETENTION_DAYS_GLANCE,
      generic: config.RETENTION_DAYS_GENERIC,
      aggregates: config.AGGREGATE_RETENTION_DAYS,
    },
    maxBody: config.MAX_BODY,
    controlExchanges: config.CONTROL_EXCHANGES,
  }
  return { value: context, stop: () => wakeUps.flushed() }
}

/**
 * The webhook, with its secret.
 *
 * @throws ConfigError when the secret cannot be read or is invalid
 */
export function webhookOf(config: JobsConfig): Webhook | null {
  const key = readWebhookSecret(config)
  if (config.PUBLISH_WEBHOOK_URL === undefined || key === null) return null
  return { url: config.PUBLISH_WEBHOOK_URL, key, events: eventsOf(config) }
}

function eventsOf(config: JobsConfig): Publishing['events'] {
  return { nova: config.PUBLISH_NOVA_EVENT, glance: config.PUBLISH_GLANCE_EVENT }
}

function publishingOf(config: JobsConfig): Publishing | null {
  if (config.PUBLISH_URL === undefined) return null
  return {
    url: config.PUBLISH_URL,
    exchange: config.PUBLISH_EXCHANGE,
    routingKeys: config.PUBLISH_ROUTING_KEYS,
    events: eventsOf(config),
  }
}
