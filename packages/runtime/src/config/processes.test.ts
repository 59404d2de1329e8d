import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { apiConfig } from './api.ts'
import { ingestConfig, jobsConfig, migrateConfig, operatorConfig } from './processes.ts'
import { ConfigError } from './readConfig.ts'

const servers = {
  DATABASE_URL: 'postgresql://stacktach:hunter2@db/stacktach',
  REDIS_URL: 'redis://:hunter2@redis:6379',
}
const unset = {
  database: 'DATABASE_URL is not set: it is the URL of PostgreSQL, such as postgres://user:password@host/database',
  redis: 'REDIS_URL is not set: it is the URL of Redis, such as redis://host:6379',
  file: 'STACKTACH_DEPLOYMENTS_FILE is not set: it is the path of the deployments file; deploy/deployments/ has examples',
}
const complete = { ...servers, STACKTACH_DEPLOYMENTS_FILE: '/etc/stacktach/deployments.json' }

/** The lines of the error for an invalid configuration. */
function faults(read: () => unknown): string[] {
  try {
    read()
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
  return []
}

test('variables that are not set have defaults', () => {
  expect(ingestConfig(complete)).toEqual({
    ...complete,
    DATABASE_POOL: 10,
    REDIS_PREFIX: 'stacktach',
    LOG_LEVEL: 'info',
    METRICS_HOST: '127.0.0.1',
    MAX_BODY: 1_048_576,
    RULES: 'today',
    CONTROL_EXCHANGES: ['openstack'],
    BATCH_SIZE: 500,
    BATCH_LINGER: 10,
    PREFETCH: 1500,
    SHARDS: 8,
    PARTITION_DAYS: 7,
  })
  expect(jobsConfig(servers)).toMatchObject({ RULES: 'today', SHARDS: 8 })
  expect(apiConfig(servers)).toMatchObject({ API_HOST: '127.0.0.1', API_PORT: 8000, API_STATEMENT_TIMEOUT: 10_000 })
})

test('CONTROL_EXCHANGES is a list of names', () => {
  const exchanges = (CONTROL_EXCHANGES: string) => ingestConfig({ ...complete, CONTROL_EXCHANGES }).CONTROL_EXCHANGES
  expect(exchanges('openstack, rpc')).toEqual(['openstack', 'rpc'])
  expect(exchanges('')).toEqual(['openstack'])
  expect(faults(() => exchanges('openstack,,rpc'))).toEqual([
    'CONTROL_EXCHANGES must be names of exchanges, separated by commas, not "openstack,,rpc"',
  ])
})

test('a URL can be in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  const file = join(folder, 'database-url')
  writeFileSync(file, `${servers.DATABASE_URL}\n`)
  const { DATABASE_URL } = servers
  expect(migrateConfig({ DATABASE_URL_FILE: file }).DATABASE_URL).toBe(DATABASE_URL)
  expect(migrateConfig({ DATABASE_URL, DATABASE_URL_FILE: '/nowhere' }).DATABASE_URL).toBe(DATABASE_URL)
  expect(migrateConfig({ DATABASE_URL, DATABASE_URL_FILE: '' }).DATABASE_URL).toBe(DATABASE_URL)
  expect(faults(() => migrateConfig({ DATABASE_URL_FILE: join(folder, 'none') }))).toEqual([
    expect.stringMatching(/^DATABASE_URL_FILE cannot be read: .*ENOENT/),
  ])
  writeFileSync(file, '')
  expect(faults(() => migrateConfig({ DATABASE_URL_FILE: file }))).toEqual([unset.database])
  rmSync(folder, { recursive: true })
})

test('an empty variable counts as not set', () => {
  expect(jobsConfig({ ...servers, RULES: '', SHARDS: '' })).toEqual(jobsConfig(servers))
  expect(faults(() => migrateConfig({ DATABASE_URL: '' }))).toEqual([unset.database])
})

test('a process reads only its own variables', () => {
  expect(migrateConfig({ ...complete, SHARDS: 'many' })).toEqual({
    DATABASE_URL: servers.DATABASE_URL,
    LOG_LEVEL: 'info',
  })
  expect(faults(() => jobsConfig({ ...servers, API_PORT: 'none', STACKTACH_DEPLOYMENTS_FILE: undefined }))).toEqual([])
})

test('each process reports all missing variables', () => {
  const nothing = {}
  expect(faults(() => ingestConfig(nothing))).toEqual([unset.database, unset.redis, unset.file])
  expect(faults(() => operatorConfig(nothing))).toEqual([unset.database, unset.redis, unset.file])
  expect(faults(() => jobsConfig(nothing))).toEqual([unset.database, unset.redis])
  expect(faults(() => apiConfig(nothing))).toEqual([unset.database])
})

test('all faults are reported', () => {
  const invalid = {
    REDIS_URL: 'http://redis',
    REDIS_PREFIX: 'a:b',
    DATABASE_POOL: '0',
    LOG_LEVEL: 'loud',
    RULES: 'tomorrow',
    SHARDS: '1e3',
    PARTITION_DAYS: '367',
    RETENTION_DAYS: '0',
  }
  expect(faults(() => jobsConfig(invalid)).sort()).toEqual([
    'DATABASE_POOL must be at least 1, not "0"',
    unset.database,
    'LOG_LEVEL must be one of fatal, error, warn, info, debug, trace, silent, not "loud"',
    'PARTITION_DAYS must be at most 366, not "367"',
    'REDIS_PREFIX must contain only letters, digits, - and _, not "a:b"',
    'REDIS_URL must be a URL beginning with redis:// or rediss:// or redis+cluster:// or rediss+cluster:// or redis+sentinel:// (current value hidden)',
    'RETENTION_DAYS must be at least 1, or off, not "0"',
    'RULES must be today or stacktach, not "tomorrow"',
    'SHARDS must be a whole number, not "1e3"',
  ])
})

test('retention is off by default, and each service can override it', () => {
  const days = (environment: Record<string, string>) => {
    const { RETENTION_DAYS_NOVA, RETENTION_DAYS_GLANCE, RETENTION_DAYS_GENERIC, AGGREGATE_RETENTION_DAYS } = jobsConfig(
      {
        ...servers,
        ...environment,
      },
    )
    return [RETENTION_DAYS_NOVA, RETENTION_DAYS_GLANCE, RETENTION_DAYS_GENERIC, AGGREGATE_RETENTION_DAYS]
  }
  expect(days({})).toEqual([null, null, null, null])
  expect(days({ RETENTION_DAYS: '90', RETENTION_DAYS_GLANCE: 'off', RETENTION_DAYS_GENERIC: '7' })).toEqual([
    90,
    null,
    7,
    null,
  ])
  expect(days({ RETENTION_DAYS: '90', AGGREGATE_RETENTION_DAYS: '90' })).toEqual([90, 90, 90, 90])
})

test.each([
  { AGGREGATE_RETENTION_DAYS: '90' },
  { AGGREGATE_RETENTION_DAYS: '90', RETENTION_DAYS: '91' },
  { AGGREGATE_RETENTION_DAYS: '90', RETENTION_DAYS: '30', RETENTION_DAYS_GLANCE: 'off' },
])('aggregates cannot be kept shorter than their notifications: %j', (environment) => {
  expect(faults(() => jobsConfig({ ...servers, ...environment })).join()).toMatch(
    /^AGGREGATE_RETENTION_DAYS is 90, but/,
  )
})

test('errors contain no passwords', () => {
  const urls = {
    DATABASE_URL: 'mysql://stacktach:hunter2@db/stacktach',
    DATABASE_READ_URL: 'stacktach:hunter2@db',
    REDIS_URL: ':hunter2@redis',
  }
  const lines = [...faults(() => apiConfig(urls)), ...faults(() => jobsConfig(urls))]
  expect(lines.length).toBeGreaterThanOrEqual(4)
  expect(lines.join()).not.toContain('hunter2')
})

describe('a whole number', () => {
  test.each(['1', '1024', '0007'])('accepts %j', (SHARDS) => {
    expect(jobsConfig({ ...servers, SHARDS }).SHARDS).toBe(Number(SHARDS))
  })

  test.each(['0x10', ' 5 ', '5 ', '1.0', '-1', '+1', 'five', '1025', '99999999999999999999'])(
    'rejects %j',
    (SHARDS) => {
      expect(faults(() => jobsConfig({ ...servers, SHARDS }))).toHaveLength(1)
    },
  )
})

test('PREFETCH is three batches by default and at least', () => {
  const config = (overrides: object) => ingestConfig({ ...complete, ...overrides })
  expect(config({ BATCH_SIZE: '50' }).PREFETCH).toBe(150)
  expect(config({ BATCH_SIZE: '50', PREFETCH: '150' }).PREFETCH).toBe(150)
  expect(config({ BATCH_SIZE: '50', PREFETCH: '300' }).PREFETCH).toBe(300)
  expect(faults(() => config({ BATCH_SIZE: '50', PREFETCH: '149' }))).toEqual([
    'PREFETCH is 149, but BATCH_SIZE is 50: PREFETCH must be at least 3 × BATCH_SIZE = 150',
  ])
})

test('the api uses DATABASE_READ_URL if it is set', () => {
  const DATABASE_READ_URL = 'postgresql://reader@db/stacktach'
  expect(apiConfig({ ...servers, DATABASE_READ_URL }).DATABASE_READ_URL).toBe(DATABASE_READ_URL)
  expect(apiConfig(servers).DATABASE_READ_URL).toBe(servers.DATABASE_URL)
})
