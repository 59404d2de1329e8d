import { Redis } from 'ioredis'
import { services } from './services.ts'

/** Deletes every key with a test's prefix. */
export async function dropRedisKeys(prefix: string): Promise<void> {
  const redis = new Redis(services().redisUrl)
  try {
    for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1000 })) {
      if (keys.length > 0) await redis.unlink(keys)
    }
  } finally {
    redis.disconnect()
  }
}
