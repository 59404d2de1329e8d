import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { readDeployments } from './deployments.ts'
import { ConfigError } from './readConfig.ts'

const folder = mkdtempSync(join(tmpdir(), 'deployments-'))
const path = join(folder, 'deployments.json')

afterAll(() => rmSync(folder, { recursive: true }))

function read(content: unknown) {
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return readDeployments(path)
}

/** The lines of the error for an invalid file, without the prefix that names the file. */
function faults(content: unknown): string[] {
  try {
    read(content)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    const prefix = `STACKTACH_DEPLOYMENTS_FILE ${path}: `
    return error.message.split('\n').map((line) => {
      expect(line.startsWith(prefix)).toBe(true)
      return line.slice(prefix.length)
    })
  }
  return []
}

const topics = {
  nova: [
    { queue: 'monitor.info', routing_key: 'monitor.info' },
    { queue: 'monitor.error', routing_key: 'monitor.error' },
  ],
  glance: [{ queue: 'stacktach_glance', routing_key: 'notifications.*' }],
}

describe('a file of the original StackTach', () => {
  const entry = {
    name: 'north',
    durable_queue: false,
    rabbit_host: '10.0.0.1',
    rabbit_port: 5673,
    rabbit_userid: 'rabbit',
    rabbit_password: 'rabbit',
    rabbit_virtual_host: '/north',
    queue_arguments: { 'x-ha-policy': 'all', 'x-message-ttl': 60_000, 'x-lazy': true },
    topics,
  }

  test('is valid unchanged; unknown fields are ignored', () => {
    const { enabled, ...fields } =
      read({ deployments: [{ ...entry, exit_on_exception: true, queue_name_prefix: 'stacktach_' }], other: 1 })[0] ?? {}
    expect(enabled).toBe(true)
    expect(fields).toEqual({ ...entry, rabbit_tls: false })
  })

  test('has defaults for all fields except name and topics', () => {
    expect(read({ deployments: [{ name: 'north', topics }] })).toEqual([
      {
        name: 'north',
        rabbit_host: '127.0.0.1',
        rabbit_port: 5672,
        rabbit_tls: false,
        rabbit_userid: 'guest',
        rabbit_password: 'guest',
        rabbit_virtual_host: '/',
        durable_queue: true,
        queue_arguments: {},
        enabled: true,
        topics,
      },
    ])
  })

  test('can have the port as a string', () => {
    expect(read({ deployments: [{ ...entry, rabbit_port: '5673' }] })[0]?.rabbit_port).toBe(5673)
  })

  test('can list several hosts, each with a port of its own or without', () => {
    const host = (rabbit_host: unknown) => read({ deployments: [{ ...entry, rabbit_host }] })[0]?.rabbit_host
    expect(host('a,b:5673')).toBe('a,b:5673')
    expect(host(['a', 'b:5673'])).toBe('a,b:5673')
    const invalid = 'deployments.0.rabbit_host: must be hosts (host or host:port), separated by commas'
    for (const rabbit_host of ['a,,b', 'a:0', [], ['a', '']]) {
      expect(faults({ deployments: [{ ...entry, rabbit_host }] })).toEqual([invalid])
    }
  })

  test('can enable TLS, which changes the default port', () => {
    const [north, south] = read({
      deployments: [
        { name: 'north', topics, rabbit_tls: true },
        { name: 'south', topics, rabbit_tls: true, rabbit_port: 5672 },
      ],
    })
    expect(north).toMatchObject({ rabbit_tls: true, rabbit_port: 5671 })
    expect(south).toMatchObject({ rabbit_tls: true, rabbit_port: 5672 })
  })

  test('can disable a deployment', () => {
    const names = read({
      deployments: [
        { ...entry, enabled: false },
        { ...entry, name: 'south' },
      ],
    }).map(({ name }) => name)
    expect(names).toEqual(['south'])
  })

  test('can have no deployments', () => {
    expect(read({ deployments: [] })).toEqual([])
  })
})

describe('an invalid file', () => {
  test('that does not exist', () => {
    expect(() => readDeployments(join(folder, 'none.json'))).toThrow(ConfigError)
    expect(() => readDeployments(join(folder, 'none.json'))).toThrow('none.json')
  })

  test.each(['', '{', '[]', '{}', 'null', '{"deployments":{}}'])('with the content %j', (content) => {
    expect(faults(content)).toHaveLength(1)
  })

  test('is reported with all faults of all entries, each with the path of the field', () => {
    const fields = faults({
      deployments: [
        { name: 'north', topics: { nova: [{ queue: 'q' }, { queue: '', routing_key: 'k' }] } },
        { topics, rabbit_port: 70_000, durable_queue: 'yes', queue_arguments: { a: null } },
        { name: '' },
        'south',
      ],
    }).map((line) => line.split(':')[0])
    expect(fields.sort()).toEqual([
      'deployments.0.topics.nova.0.routing_key',
      'deployments.0.topics.nova.1.queue',
      'deployments.1.durable_queue',
      'deployments.1.name',
      'deployments.1.queue_arguments.a',
      'deployments.1.rabbit_port',
      'deployments.2.name',
      'deployments.2.topics',
      'deployments.3',
    ])
  })

  test('with duplicate names', () => {
    const entry = (name: string) => ({ name, topics })
    expect(faults({ deployments: ['a', 'b', 'a', 'b', 'a'].map(entry) })).toEqual([
      'deployments.2.name: duplicate name a',
      'deployments.3.name: duplicate name b',
      'deployments.4.name: duplicate name a',
    ])
  })

  test('is reported without its passwords', () => {
    expect(faults({ deployments: [{ name: 1, topics, rabbit_password: 'hunter2' }] }).join()).not.toContain('hunter2')
    expect(faults({ deployments: [{ name: 'north', topics, rabbit_password: 5_551_212 }] }).join()).not.toContain(
      '5551212',
    )
  })
})
