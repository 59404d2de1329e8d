import { describe, expect, test } from '@jest/globals'
import { messageExchange, queueGroups } from './exchanges.ts'

const bind = (queue: string, from?: string) => ({ queue, routing_key: 'notifications.*', ...(from ? { from } : {}) })

describe('groups of exchanges', () => {
  test('one for each exchange with queues of its own', () => {
    expect(queueGroups({ nova: [bind('a'), bind('a'), bind('b')], glance: [bind('c')], empty: [] })).toEqual([
      { exchanges: ['nova'], queues: ['a', 'b'] },
      { exchanges: ['glance'], queues: ['c'] },
      { exchanges: ['empty'], queues: [] },
    ])
  })

  test('one for exchanges that share a queue', () => {
    expect(queueGroups({ nova: [bind('info'), bind('error')], cinder: [bind('c')], glance: [bind('info')] })).toEqual([
      { exchanges: ['cinder'], queues: ['c'] },
      { exchanges: ['nova', 'glance'], queues: ['info', 'error'] },
    ])
  })

  test('one for exchanges that share queues through a third', () => {
    expect(queueGroups({ nova: [bind('a')], glance: [bind('b')], keystone: [bind('a'), bind('b')] })).toEqual([
      { exchanges: ['nova', 'glance', 'keystone'], queues: ['a', 'b'] },
    ])
  })
})

describe('the exchange of a message', () => {
  test('is that of its delivery', () => {
    const exchangeOf = messageExchange({ nova: [bind('info')], glance: [bind('info')] }, ['openstack'])
    const exchanges = ['nova', 'glance', 'keystone', 'openstack']
    expect(exchanges.map((exchange) => exchangeOf('info', exchange))).toEqual(exchanges)
  })

  test('is the configured one for the default exchange', () => {
    const exchangeOf = messageExchange({ nova: [bind('a')], glance: [bind('b'), bind('a')] }, [])
    expect([exchangeOf('a', ''), exchangeOf('b', '')]).toEqual(['nova', 'glance'])
  })

  test('is the configured one for a distributing exchange', () => {
    const exchangeOf = messageExchange({ nova: [bind('a', 'shared')], glance: [bind('b', 'shared')] }, [])
    expect([exchangeOf('a', 'shared'), exchangeOf('b', 'shared'), exchangeOf('a', 'nova')]).toEqual([
      'nova',
      'glance',
      'nova',
    ])
  })

  test('is an exchange of all services, or one that is listed itself, also when a queue is bound to it with `from`', () => {
    const exchangeOf = messageExchange({ nova: [bind('a', 'openstack'), bind('a', 'glance')], glance: [] }, [
      'openstack',
    ])
    expect([exchangeOf('a', 'openstack'), exchangeOf('a', 'glance')]).toEqual(['openstack', 'glance'])
  })
})
