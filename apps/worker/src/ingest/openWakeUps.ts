import { describeRedisError, Producer, permanentRedisError, WakeUps } from '@stacktach/jobs'
import { type Component, ConfigError, type IngestConfig, type Logger, throttled } from '@stacktach/runtime'

/** What ingest uses of Redis. */
export interface IngestQueues {
  wakeUps: WakeUps
  producer: Producer
}

/**
 * The wake-ups that ingest enqueues for the jobs processes. While Redis is unavailable they are dropped, with a warning.
 *
 * @throws ConfigError when REDIS_URL names a Sentinel
 */
export async function openWakeUps(config: IngestConfig, logger: Logger): Promise<Component<IngestQueues>> {
  const problem = await permanentRedisError(config.REDIS_URL)
  if (problem?.isSentinel) throw new ConfigError(problem.message)
  const warn = throttled((text) => logger.warn(`${text}; aggregation is delayed until then`))
  const producer = new Producer(
    config.REDIS_URL,
    config.REDIS_PREFIX,
    (error) => warn(describeRedisError(error)),
    throttled((text) => logger.warn(text)),
  )
  const wakeUps = new WakeUps(producer, (error) => logger.debug({ reason: error.message }, 'could not enqueue wake-up'))
  return {
    value: { wakeUps, producer },
    async stop() {
      await wakeUps.flushed()
      await producer.close()
    },
  }
}
