import { expect, test } from '@jest/globals'
import { deliveryLimit, topicsWithoutErrors } from './topology.ts'

function without(...keys: string[]): string[] {
  return topicsWithoutErrors(keys.map((routing_key) => ({ queue: 'stacktach', routing_key })))
}

test('a topic of which only .info is bound loses every failure', () => {
  expect(without('monitor.info')).toEqual(['monitor'])
  expect(without('monitor.info', 'monitor.warn')).toEqual(['monitor'])
  expect(without('monitor.info', 'notifications.error')).toEqual(['monitor'])
  expect(without('monitor.info', 'notifications.info', 'monitor.error')).toEqual(['notifications'])
})

test('one with .error too, or with all priorities, does not', () => {
  expect(without('monitor.info', 'monitor.error')).toEqual([])
  expect(without('monitor.error', 'monitor.info')).toEqual([])
  expect(without('monitor.info', 'monitor.*')).toEqual([])
  expect(without('monitor.info', 'monitor.#')).toEqual([])
  expect(without('notifications.*')).toEqual([])
})

test('a topic is named once, however many queues it is bound to', () => {
  expect(without('monitor.info', 'monitor.info')).toEqual(['monitor'])
})

test('topics may have dots, and nothing bound is nothing lost', () => {
  expect(without('cloud.monitor.info', 'monitor.error')).toEqual(['cloud.monitor'])
  expect(without()).toEqual([])
})

test('a quorum queue has a limit of deliveries, its own or that of the broker', () => {
  const quorum = { 'x-queue-type': 'quorum' }
  expect(deliveryLimit(quorum, '4.1.0')).toBe(20)
  expect(deliveryLimit(quorum, '3.10.8')).toBeNull()
  expect(deliveryLimit({ ...quorum, 'x-delivery-limit': 3 }, '3.10.8')).toBe(3)
  expect(deliveryLimit({ ...quorum, 'x-delivery-limit': -1 }, '4.1.0')).toBeNull()
  expect(deliveryLimit({ ...quorum, 'x-delivery-limit': 3, 'x-dead-letter-exchange': 'dead' }, '4.1.0')).toBeNull()
})

test('no other queue has one', () => {
  expect(deliveryLimit({}, '4.1.0')).toBeNull()
  expect(deliveryLimit({ 'x-queue-type': 'classic', 'x-delivery-limit': 3 }, '4.1.0')).toBeNull()
})
