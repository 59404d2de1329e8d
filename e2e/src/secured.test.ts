import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { captured, publish, services, type TlsFront, testCertificate, tlsFront } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'

let pipeline: Pipeline
let proxies: Record<'database' | 'redis' | 'broker', TlsFront>

/** All connections use TLS, with a certificate that is trusted only if NODE_EXTRA_CA_CERTS names it. */
beforeAll(async () => {
  pipeline = await startPipeline(['north'])
  const { databaseUrl, redisUrl, amqpUrl } = services()
  proxies = {
    database: await tlsFront(databaseUrl),
    redis: await tlsFront(redisUrl),
    broker: await tlsFront(amqpUrl),
  }
  const database = new URL(pipeline.environment.DATABASE_URL ?? '')
  database.port = String(proxies.database.port)
  database.searchParams.set('sslmode', 'verify-full')
  const redis = new URL(redisUrl)
  Object.assign(pipeline.environment, {
    DATABASE_URL: database.href,
    REDIS_URL: `rediss://${redis.username}${redis.password ? `:${redis.password}` : ''}${redis.username || redis.password ? '@' : ''}localhost:${proxies.redis.port}`,
    API_TLS_CERT: testCertificate.cert,
    API_TLS_KEY: testCertificate.key,
  })
  const file: { deployments: object[] } = JSON.parse(readFileSync(pipeline.deploymentsFile, 'utf8'))
  const tls = { rabbit_tls: true, rabbit_host: 'localhost', rabbit_port: proxies.broker.port }
  await writeFile(
    pipeline.deploymentsFile,
    JSON.stringify({ deployments: file.deployments.map((entry) => ({ ...entry, ...tls })) }),
  )
})

afterAll(async () => {
  await pipeline?.stop()
  for (const proxy of Object.values(proxies ?? {})) await proxy.stop()
})

function getText(url: string): Promise<{ status: number | undefined; text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { ca: readFileSync(testCertificate.cert), agent: false }, (response) => {
      let text = ''
      response.on('data', (part) => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode, text }))
    }).on('error', reject)
  })
}

describe('TLS to broker, database, Redis and api', () => {
  test('an untrusted certificate prevents all connections', async () => {
    const status = await pipeline.run('status')
    expect(status.code).toBe(1)
    expect(status.output).toMatch(/self-signed certificate/)
  })

  test('with a trusted certificate, published notifications are in the answers', async () => {
    pipeline.environment.NODE_EXTRA_CA_CERTS = testCertificate.cert
    await pipeline.start('ingest')
    await pipeline.start('jobs')
    const api = await pipeline.start('api')
    const [, url = ''] = await api.printed(/"url":"([^"]+)"/)
    expect(url).toMatch(/^https:/)
    const messages = captured('nova_unversioned')
    await publish(pipeline.vhost, messages)
    await pipeline.settled(messages.length)
    const events = await getText(`${url}/stacky/events`)
    expect(events.status).toBe(200)
    expect(JSON.parse(events.text).length).toBeGreaterThan(5)
    expect((await getText(`${url}/readyz`)).status).toBe(200)
    for (const proxy of Object.values(proxies)) expect(proxy.secured()).toBeGreaterThan(0)
    // The jobs were queued in Redis, and the commands connect to all three servers.
    const status = await pipeline.run('status', '--json')
    expect(status).toMatchObject({ code: 0, output: expect.not.stringMatching(/not answer|self-signed/) })
    // The api rejects plain HTTP.
    await expect(fetch(url.replace('https:', 'http:'))).rejects.toThrow()
  })
})
