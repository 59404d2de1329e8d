import { Producer, permanentRedisError } from '@stacktach/jobs'
import { type Component, ConfigError, type JobsConfig, type Logger, throttled } from '@stacktach/runtime'

/**
 * The producer of a jobs process. Returns also when Redis is unavailable.
 *
 * @param onRedisError called for connection errors
 * @throws ConfigError when Redis rejects the login, or the server is not Redis
 */
export async function openProducer(
  { REDIS_URL, REDIS_PREFIX }: JobsConfig,
  onRedisError: (error: Error) => void,
  logger: Logger,
): Promise<Component<Producer>> {
  const problem = await permanentRedisError(REDIS_URL)
  if (problem !== null) throw new ConfigError(problem.message)
  const producer = new Producer(
    REDIS_URL,
    REDIS_PREFIX,
    onRedisError,
    throttled((text) => logger.warn(text)),
  )
  return { value: producer, stop: () => producer.close() }
}
