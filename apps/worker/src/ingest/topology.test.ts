import { expect, test } from '@jest/globals'
import { deliveryLimit, topicsWithoutErrors } from './topology.ts'

function topicsOf(...keys: string[]): string[] {
  return topicsWithoutErrors(keys.map((routing_key) => ({ queue: 'stacktach', routing_key })))
}

test('a topic loses its failures when only .info is bound', () => {
  expect(topicsOf('monitor.info')).toEqual(['monitor'])
  expect(topicsOf('monitor.info', 'monitor.warn')).toEqual(['monitor'])
  expect(topicsOf('monitor.info', 'notifications.error')).toEqual(['monitor'])
  expect(topicsOf('monitor.info', 'notifications.info', 'monitor.error')).toEqual(['notifications'])
})

test('a topic with .error or all priorities bound does not', () => {
  expect(topicsOf('monitor.info', 'monitor.error')).toEqual([])
  expect(topicsOf('monitor.error', 'monitor.info')).toEqual([])
  expect(topicsOf('monitor.info', 'monitor.*')).toEqual([])
  expect(topicsOf('monitor.info', 'monitor.#')).toEqual([])
  expect(topicsOf('notifications.*')).toEqual([])
})

test('a topic is listed once, however many queues are bound to it', () => {
  expect(topicsOf('monitor.info', 'monitor.info')).toEqual(['monitor'])
})

test('topics may contain dots, and without bindings there are none', () => {
  expect(topicsOf('cloud.monitor.info', 'monitor.error')).toEqual(['cloud.monitor'])
  expect(topicsOf()).toEqual([])
})

test('a quorum queue has a delivery limit: its own or the default of the broker', () => {
  const quorum = { 'x-queue-type': 'quorum' }
  expect(deliveryLimit(quorum, '4.1.0')).toBe(20)
  expect(deliveryLimit(quorum, '3.10.8')).toBeNull()
  expect(deliveryLimit({ ...quorum, 'x-delivery-limit': 3 }, '3.10.8')).toBe(3)
  expect(deliveryLimit({ ...quorum, 'x-delivery-limit': -1 }, '4.1.0')).toBeNull()
  expect(deliveryLimit({ ...quorum, 'x-delivery-limit': 3, 'x-dead-letter-exchange': 'dead' }, '4.1.0')).toBeNull()
})

test('other queues have no delivery limit', () => {
  expect(deliveryLimit({}, '4.1.0')).toBeNull()
  expect(deliveryLimit({ 'x-queue-type': 'classic', 'x-delivery-limit': 3 }, '4.1.0')).toBeNull()
})
