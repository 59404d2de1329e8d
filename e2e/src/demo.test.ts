import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { runToEnd, services } from '@stacktach/testing'

const script = fileURLToPath(new URL('../../scripts/demo.mjs', import.meta.url))

test('the demo with --once stores and aggregates every notification, and every endpoint answers', async () => {
  const { databaseUrl, redisUrl, amqpUrl, managementUrl } = services()
  const { code, output } = await runToEnd(script, ['--once'], {
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    AMQP_URL: amqpUrl,
    AMQP_MANAGEMENT_URL: managementUrl,
  })
  expect({ code, output }).toEqual({
    code: 0,
    output: expect.stringMatching(/(\d+) notifications sent, \1 stored, 0 rejected, 0 pending/),
  })
  const queried = [...output.matchAll(/^GET \/stacky\/([a-z/]+)/gm)].map(([, path]) => path)
  expect(new Set(queried).size).toBeGreaterThan(16)
})
