import { expect, test } from '@jest/globals'
import { MINUTE } from '../core/time.ts'
import { type CloudOptions, simulateCloud, situations } from '../index.ts'
import { readMessage } from '../testkit/readMessage.ts'

const options = { seed: 'situations', operations: 100, operationsPerMinute: 0.4, situations } satisfies CloudOptions

function run(more: CloudOptions) {
  const cloud = simulateCloud({ ...options, ...more })
  const sent = [...cloud.messages]
  return { sent, truth: cloud.truth() }
}

test('the same seed and situations give the same cloud', () => {
  const first = run({ format: 'both' })
  const second = run({ format: 'both' })
  expect(second.sent).toEqual(first.sent)
  expect(second.truth).toEqual(first.truth)
})

test.each(['classic', 'envelope'] as const)(
  'a cloud of format %s switches to versioned notifications halfway',
  (format) => {
    const { sent, truth } = run({ format, situations: ['format-switch'], failures: 0 })
    const versioned = sent.filter(({ routingKey }) => routingKey.startsWith('versioned_'))
    const nova = sent.filter(({ exchange }) => exchange === 'nova')
    expect(versioned.length).toBeGreaterThan(nova.length / 4)
    expect(versioned.length).toBeLessThan((nova.length * 3) / 4)
    const both = Object.values(truth.instances).filter(
      ({ exists }) =>
        exists.some(({ instanceTypeId }) => instanceTypeId === null) &&
        exists.some(({ instanceTypeId }) => instanceTypeId !== null),
    )
    expect(both.length).toBeGreaterThan(5)
    expect(both.flatMap(({ exists }) => exists).every(({ verdict }) => verdict?.status === 'verified')).toBe(true)
  },
)

test('all services use the control exchange', () => {
  const cloud = simulateCloud({ ...options, controlExchange: 'openstack' })
  expect(cloud.exchanges).toEqual(['openstack'])
  expect(new Set([...cloud.messages].map(({ exchange }) => exchange))).toEqual(new Set(['openstack']))
  expect(cloud.truth().services.glance.notifications).toBeGreaterThan(0)
})

test('an endless cloud starts the situations again, and never switches its format', () => {
  const cloud = simulateCloud({
    ...options,
    operations: Number.POSITIVE_INFINITY,
    operationsPerMinute: 0.1,
    auditPeriod: 10 * MINUTE,
  })
  const forced = new Set<string>()
  let count = 0
  for (const message of cloud.messages) {
    expect(message.routingKey).toMatch(/^notifications\./)
    const read = readMessage(message)
    if (read.event === 'compute.instance.force_delete.end') forced.add(read.instance)
    if (forced.size > 8 || ++count > 20_000) break
  }
  expect(forced.size).toBeGreaterThan(8)
})
