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

/** What a wrong file is refused with, a line for each fault, without the file's name. */
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

describe('StackTach’s own file', () => {
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

  test('works as it is; what it has besides is ignored', () => {
    const { enabled, ...read1 } =
      read({ deployments: [{ ...entry, exit_on_exception: true, queue_name_prefix: 'stacktach_' }], other: 1 })[0] ?? {}
    expect(enabled).toBe(true)
    expect(read1).toEqual({ ...entry, rabbit_tls: false })
  })

  test('has a default for everything but name and topics', () => {
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

  test('may write the port as a string', () => {
    expect(read({ deployments: [{ ...entry, rabbit_port: '5673' }] })[0]?.rabbit_port).toBe(5673)
  })

  test('may ask for TLS, which has a port of its own', () => {
    const [north, south] = read({
      deployments: [
        { name: 'north', topics, rabbit_tls: true },
        { name: 'south', topics, rabbit_tls: true, rabbit_port: 5672 },
      ],
    })
    expect(north).toMatchObject({ rabbit_tls: true, rabbit_port: 5671 })
    expect(south).toMatchObject({ rabbit_tls: true, rabbit_port: 5672 })
  })

  test('may switch a deployment off', () => {
    const names = read({
      deployments: [
        { ...entry, enabled: false },
        { ...entry, name: 'south' },
      ],
    }).map(({ name }) => name)
    expect(names).toEqual(['south'])
  })

  test('may have no deployment at all', () => {
    expect(read({ deployments: [] })).toEqual([])
  })
})

describe('refused is a file', () => {
  test('that is not there', () => {
    expect(() => readDeployments(join(folder, 'none.json'))).toThrow(ConfigError)
    expect(() => readDeployments(join(folder, 'none.json'))).toThrow('none.json')
  })

  test.each(['', '{', '[]', '{}', 'null', '{"deployments":{}}'])('that is %j', (content) => {
    expect(faults(content)).toHaveLength(1)
  })

  test('with every fault of every entry, each with its place', () => {
    const places = faults({
      deployments: [
        { name: 'north', topics: { nova: [{ queue: 'q' }, { queue: '', routing_key: 'k' }] } },
        { topics, rabbit_port: 70_000, durable_queue: 'yes', queue_arguments: { a: null } },
        { name: '' },
        'south',
      ],
    }).map((line) => line.split(':')[0])
    expect(places.sort()).toEqual([
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

  test('in which a name is there twice', () => {
    const entry = (name: string) => ({ name, topics })
    expect(faults({ deployments: ['a', 'b', 'a', 'b', 'a'].map(entry) })).toEqual([
      'deployments.2.name: a is there twice',
      'deployments.3.name: b is there twice',
      'deployments.4.name: a is there twice',
    ])
  })

  test('without showing the passwords in it', () => {
    expect(faults({ deployments: [{ name: 1, topics, rabbit_password: 'hunter2' }] }).join()).not.toContain('hunter2')
    expect(faults({ deployments: [{ name: 'north', topics, rabbit_password: 5_551_212 }] }).join()).not.toContain(
      '5551212',
    )
  })
})
