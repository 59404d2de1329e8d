import { describe, expect, test } from '@jest/globals'
import { floorSecond, type Micros } from '../core/time.ts'
import { type CloudOptions, type Format, formats, simulateCloud, type Truth } from '../index.ts'

const options = { operations: 600, failures: 0.3, operationsPerMinute: 4, seed: 'truth' } satisfies CloudOptions

function run(format: Format, more: CloudOptions = {}): { truth: Truth; ids: Set<string> } {
  const cloud = simulateCloud({ ...options, ...more, format })
  const ids = new Set<string>()
  for (const { messageId } of cloud.messages) ids.add(messageId)
  return { truth: cloud.truth(), ids }
}

const runs = new Map(formats.map((format) => [format, run(format)]))

function truthOf(format: Format): Truth {
  return runs.get(format)?.truth ?? run(format).truth
}

const sameSecond = (a: Micros | null, b: Micros | null): boolean =>
  a === null || b === null ? a === b : floorSecond(a) === floorSecond(b)

describe.each([...formats])('the truth about a cloud of format %s', (format) => {
  const truth = truthOf(format)
  const instances = Object.values(truth.instances)

  test('has instances, exists and images', () => {
    expect(instances.length).toBeGreaterThan(50)
    expect(instances.some((i) => i.delete !== null)).toBe(true)
    expect(instances.some((i) => i.exists.some(({ periodic }) => periodic))).toBe(true)
    expect(instances.some((i) => i.exists.some(({ periodic }) => !periodic))).toBe(true)
    expect(Object.values(truth.images).some((image) => image.delete !== null)).toBe(true)
  })

  test('every delete and every verified exists belongs to a launch', () => {
    for (const instance of instances) {
      const launches = (at: Micros | null) => instance.launches.filter(({ launchedAt }) => sameSecond(launchedAt, at))
      if (instance.delete !== null) expect(launches(instance.delete.launchedAt)).not.toEqual([])
      for (const exists of instance.exists) {
        const [launch] = launches(exists.launchedAt)
        expect(launch).toBeDefined()
        if (exists.verdict?.status === 'verified') expect(launch?.instanceFlavorId).toBe(exists.instanceFlavorId)
        if (exists.deletedAt !== null) expect(exists.terminatedAt).toBe(instance.delete?.deletedAt)
      }
    }
  })

  test('counts every message once', () => {
    const { nova, glance } = truth.services
    expect(nova.notifications + glance.notifications).toBe(runs.get(format)?.ids.size)
    const byRequest = Object.values(truth.requests).reduce((sum, request) => sum + request.notifications, 0)
    expect(byRequest).toBe(nova.notifications)
  })

  test('an end matches the oldest start of its request', () => {
    for (const { timings } of instances) {
      for (const { start, end, duration } of timings) {
        expect(duration).toBe(start === null || end === null ? null : end - start)
        if (duration !== null) expect(duration).toBeGreaterThan(0)
      }
    }
    const rescheduled = instances
      .map(({ timings }) => timings.filter(({ name }) => name === 'compute.instance.create'))
      .filter((creates) => creates.length === 2 && creates.some(({ end }) => end !== null))
    expect(rescheduled.length).toBeGreaterThan(0)
    for (const [first, second] of rescheduled) {
      expect(first?.end).not.toBeNull()
      expect(second?.end).toBeNull()
    }
  })

  test('requests without a user have no tracker, and a tracker ends with a timing', () => {
    const periodic = Object.values(truth.requests).filter(({ tracker }) => tracker === null)
    expect(periodic.length).toBeGreaterThan(0)
    for (const [id, { tracker }] of Object.entries(truth.requests)) {
      if (tracker === null || tracker.end === null) continue
      const timings = truth.instances[tracker.instance ?? '']?.timings ?? []
      const last = timings.find(({ end, requestId }) => end === tracker.end && requestId === id)
      expect(last?.name).toBe(tracker.event)
    }
  })
})

/** The part of the truth that does not depend on the format, with times in whole seconds. */
function commonTruth(truth: Truth) {
  const toSecond = (at: Micros | null) => (at === null ? null : floorSecond(at))
  return Object.fromEntries(
    Object.entries(truth.instances).map(([uuid, instance]) => [
      uuid,
      {
        launches: instance.launches.map((l) => [l.requestId, toSecond(l.launchedAt), l.instanceFlavorId]),
        delete: toSecond(instance.delete?.deletedAt ?? null),
        exists: instance.exists.map((e) => [toSecond(e.launchedAt), toSecond(e.deletedAt), toSecond(e.auditEnding)]),
        timings: instance.timings
          .filter(({ name }) => !/scheduler|interface_|volume\./.test(name))
          .map(({ name, requestId, end }) => [name, requestId, end === null]),
      },
    ]),
  )
}

test.each(['envelope', 'versioned', 'both'] as const)('%s has the same truth as classic, to the second', (format) => {
  expect(commonTruth(truthOf(format))).toEqual(commonTruth(truthOf('classic')))
})

test('messages with and without an envelope have the same truth', () => {
  expect({ ...truthOf('envelope'), format: 'classic' }).toEqual(truthOf('classic'))
})

test('with both formats the classic one counts, and each exists has its counterpart', () => {
  const both = Object.values(truthOf('both').instances)
  const classic = truthOf('classic').instances
  for (const [uuid, { launches }] of Object.entries(truthOf('both').instances)) {
    expect(launches).toEqual(classic[uuid]?.launches)
  }
  expect(both.flatMap(({ exists }) => exists).every(({ counterpartMessageId }) => counterpartMessageId !== null)).toBe(
    true,
  )
})

test('duplicates count as messages and not as notifications', () => {
  const { truth } = run('envelope', { duplicates: 1 })
  expect(truth.services.nova.messages).toBe(2 * truth.services.nova.notifications)
  expect(commonTruth(truth)).toEqual(commonTruth(truthOf('envelope')))
})
