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

/** The warnings about a valid file, without the prefix. */
function warnings(content: unknown): string[] {
  const lines: string[] = []
  writeFileSync(path, JSON.stringify(content))
  readDeployments(path, (line) => lines.push(line.replace(`STACKTACH_DEPLOYMENTS_FILE ${path}: `, '')))
  return lines
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

  const fields = {
    address: 'rabbit_host and rabbit_port',
    login: 'rabbit_userid and rabbit_password',
    vhost: 'rabbit_virtual_host',
  }

  test('is valid unchanged', () => {
    const { durable_queue, queue_arguments } = entry
    const all = { ...entry, exit_on_exception: true, queue_name_prefix: 'stacktach_' }
    expect(read({ deployments: [all] })).toEqual([
      {
        name: 'north',
        broker: {
          nodes: [{ host: '10.0.0.1', port: 5673, username: 'rabbit', password: 'rabbit' }],
          tls: false,
          vhost: '/north',
          fields,
        },
        durable_queue,
        queue_arguments,
        enabled: true,
        topics,
      },
    ])
    expect(warnings({ deployments: [all] })).toEqual([])
  })

  test('has defaults for all fields except name and topics', () => {
    expect(read({ deployments: [{ name: 'north', topics }] })).toEqual([
      {
        name: 'north',
        broker: {
          nodes: [{ host: '127.0.0.1', port: 5672, username: 'guest', password: 'guest' }],
          tls: false,
          vhost: '/',
          fields,
        },
        durable_queue: true,
        queue_arguments: {},
        enabled: true,
        topics,
      },
    ])
  })

  const nodes = (fields: object) =>
    read({ deployments: [{ ...entry, ...fields }] })[0]?.broker.nodes.map(({ host, port }) => `${host}:${port}`)

  test('can have the port as a string', () => {
    expect(nodes({ rabbit_port: '5674' })).toEqual(['10.0.0.1:5674'])
  })

  test('can list several hosts, each with a port of its own or without', () => {
    expect(nodes({ rabbit_host: 'a,b:5672' })).toEqual(['a:5673', 'b:5672'])
    expect(nodes({ rabbit_host: ['a', 'b:5672'] })).toEqual(['a:5673', 'b:5672'])
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
    expect(north?.broker).toMatchObject({ tls: true, nodes: [{ port: 5671 }] })
    expect(south?.broker).toMatchObject({ tls: true, nodes: [{ port: 5672 }] })
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

describe('transport_url', () => {
  const transport_url = 'rabbit://u:p%40@10.0.0.1:5672,u:p%40@10.0.0.2:5673/nova'

  test('has the hosts, the login and the vhost', () => {
    expect(read({ deployments: [{ name: 'north', transport_url, topics }] })[0]?.broker).toEqual({
      nodes: [
        { host: '10.0.0.1', port: 5672, username: 'u', password: 'p@' },
        { host: '10.0.0.2', port: 5673, username: 'u', password: 'p@' },
      ],
      tls: false,
      vhost: 'nova',
      fields: { address: 'transport_url', login: 'transport_url', vhost: 'transport_url' },
    })
  })

  test('excludes the fields that it replaces', () => {
    const entry = { name: 'north', transport_url, rabbit_host: 'a', rabbit_password: 'hunter2', topics }
    expect(faults({ deployments: [entry] })).toEqual([
      'deployments.0.rabbit_host: must not be set together with transport_url',
      'deployments.0.rabbit_password: must not be set together with transport_url',
    ])
  })

  test('that is invalid is reported without its password', () => {
    const lines = faults({ deployments: [{ name: 'north', transport_url: 'rabbit://u:hunter2%@a', topics }] })
    expect(lines).toEqual(['deployments.0.transport_url: host 1 has a user or password that is not percent-encoded'])
  })

  test('with parameters that have no effect gives warnings', () => {
    const url = `${transport_url}?ssl_ca_file=/x&ssl=0`
    expect(warnings({ deployments: [{ name: 'north', transport_url: url, topics }] })).toEqual([
      'deployments.0.transport_url: the parameter ssl_ca_file is unknown and ignored',
    ])
  })
})

test('each unknown key gives a warning with its path', () => {
  const nova = [{ queue: 'q', routing_key: 'k', rounting_key: 'k' }]
  const file = { deployments: [{ name: 'a', rabbit_hots: 'b', enabeld: false, topics: { nova } }], deploiments: [] }
  expect(warnings(file)).toEqual(
    [
      'deploiments',
      'deployments.0.rabbit_hots',
      'deployments.0.enabeld',
      'deployments.0.topics.nova.0.rounting_key',
    ].map((path) => `${path}: the key is unknown and ignored: check its spelling`),
  )
})

test('topics without any queue are refused', () => {
  const file = {
    deployments: [
      { name: 'a', topics: {} },
      { name: 'b', topics: { nova: [] } },
    ],
  }
  expect(faults(file)).toEqual([
    'deployments.0.topics: must have at least one queue',
    'deployments.1.topics: must have at least one queue',
  ])
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
