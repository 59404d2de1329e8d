/**
 * Drops a database and closes all connections to it.
 * @param {string} url
 * @param {string} name
 */
export async function dropDatabase(url, name) {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(`drop database if exists ${name} with (force)`)
  await client.end()
}

/**
 * Deletes the keys with a prefix.
 * @param {string} url
 * @param {string} prefix
 */
export async function dropKeys(url, prefix) {
  const { Redis } = await import('ioredis')
  const redis = new Redis(url)
  for await (const keys of redis.scanStream({ match: `${prefix}:*`, count: 1000 })) {
    if (keys.length > 0) await redis.unlink(keys)
  }
  redis.disconnect()
}
