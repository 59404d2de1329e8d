import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { jobsConfig } from './processes.ts'
import { ConfigError } from './readConfig.ts'
import { readWebhookSecret } from './webhookSecret.ts'

const SECRET = 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const servers = { DATABASE_URL: 'postgresql://db/stacktach', REDIS_URL: 'redis://redis:6379' }
const PUBLISH_WEBHOOK_URL = 'https://billing.example.org/usage'

const read = (variables: Record<string, string>) => readWebhookSecret(jobsConfig({ ...servers, ...variables }))
const faultOf = (variables: Record<string, string>) => {
  try {
    read(variables)
  } catch (error) {
    if (error instanceof ConfigError) return error.message
  }
  return null
}

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'webhook-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

test('the secret is base64, with or without its prefix, in a variable or a file', () => {
  const path = join(folder, 'secret')
  writeFileSync(path, `whsec_${SECRET}\n`)
  const keys = [
    read({ PUBLISH_WEBHOOK_URL, PUBLISH_WEBHOOK_SECRET: SECRET }),
    read({ PUBLISH_WEBHOOK_URL, PUBLISH_WEBHOOK_SECRET: `whsec_${SECRET}` }),
    read({ PUBLISH_WEBHOOK_URL, PUBLISH_WEBHOOK_SECRET_FILE: path }),
  ]
  expect(keys.map((key) => key?.export().toString('base64'))).toEqual([SECRET, SECRET, SECRET])
  expect(JSON.stringify(keys)).not.toContain(SECRET)
})

test('without a URL and a secret there is no webhook', () => {
  expect(read({})).toBeNull()
})

test('a URL without a secret, and a secret without a URL, are refused', () => {
  expect(faultOf({ PUBLISH_WEBHOOK_URL })).toMatch('PUBLISH_WEBHOOK_URL is set without a secret')
  expect(faultOf({ PUBLISH_WEBHOOK_SECRET: SECRET })).toMatch('PUBLISH_WEBHOOK_URL is not set')
  expect(faultOf({ PUBLISH_WEBHOOK_URL, PUBLISH_WEBHOOK_SECRET: SECRET, PUBLISH_WEBHOOK_SECRET_FILE: '/x' })).toMatch(
    'are both set',
  )
  expect(faultOf({ PUBLISH_WEBHOOK_URL, PUBLISH_WEBHOOK_SECRET_FILE: join(folder, 'none') })).toMatch('ENOENT')
})

test('an invalid secret or URL is refused without showing it', () => {
  for (const secret of ['hunter2', 'c2hvcnQ=', `${SECRET}!`, 'A'.repeat(88)]) {
    const fault = faultOf({ PUBLISH_WEBHOOK_URL, PUBLISH_WEBHOOK_SECRET: secret })
    expect(fault).toMatch('must be 24 to 64 bytes in base64')
    expect(fault).not.toContain(secret)
  }
  for (const url of ['amqp://host', 'https://user:hunter2@host/', 'billing']) {
    const fault = faultOf({ PUBLISH_WEBHOOK_URL: url, PUBLISH_WEBHOOK_SECRET: SECRET })
    expect(fault).toMatch('PUBLISH_WEBHOOK_URL must be a URL beginning with http:// or https://')
    expect(fault).not.toContain('hunter2')
  }
})
