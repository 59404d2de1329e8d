import { describe, expect, test } from '@jest/globals'
import { HOUR, SECOND } from '../core/time.ts'
import { type CloudOptions, type Format, type InstanceTruth, simulateCloud, situations } from '../index.ts'
import { type ReadMessage, readMessage } from '../testkit/readMessage.ts'

const options = { seed: 'situations', operations: 100, operationsPerMinute: 0.4, situations } satisfies CloudOptions

function run(more: CloudOptions) {
  const cloud = simulateCloud({ ...options, ...more })
  const sent = [...cloud.messages]
  return { sent, messages: sent.map(readMessage), truth: cloud.truth() }
}

type Run = ReturnType<typeof run>
type Subject = { readonly uuid: string; readonly instance: InstanceTruth; readonly messages: readonly ReadMessage[] }

/** The instances of an event, each with its messages; without counterparts if both formats are sent. */
function subjectsOf({ messages, truth }: Run, format: Format, event: string): Subject[] {
  const counted = messages.filter(({ versioned }) => format !== 'both' || !versioned)
  const uuids = new Set(counted.flatMap((message) => (message.event === event ? [message.instance] : [])))
  return [...uuids].map((uuid) => {
    const instance = truth.instances[uuid]
    if (instance === undefined) throw new Error(`no truth about ${uuid}`)
    return { uuid, instance, messages: counted.filter((message) => message.instance === uuid) }
  })
}

const has = ({ messages }: Subject, event: string): boolean => messages.some((message) => message.event === event)
const lastOf = ({ messages }: Subject, event: string) => messages.findLast((message) => message.event === event)
/** Less than a second apart, as a time and its stored value are. */
const isNear = (a: number | null = null, b: number | null = null): boolean =>
  a !== null && b !== null && Math.abs(a - b) < SECOND
const hourOf = ({ auditBeginning }: { auditBeginning: number }): number => Math.floor(auditBeginning / HOUR)

const shapes = [
  { format: 'classic', storedTimes: 'rounded' },
  { format: 'envelope', storedTimes: 'exact' },
  { format: 'versioned', storedTimes: 'exact' },
  { format: 'both', storedTimes: 'rounded' },
] as const

describe.each(shapes)('a cloud with all situations that sends $format, with $storedTimes times', (shape) => {
  const { format } = shape
  const cloud = run({ ...shape, situations: situations.filter((name) => name !== 'format-switch') })
  const subjects = (event: string) => subjectsOf(cloud, format, `compute.instance.${event}`)

  test('has only verified exists, and no two usage periods of an instance overlap', () => {
    const instances = Object.values(cloud.truth.instances)
    for (const { exists, usage } of instances) {
      for (const { verdict, launchedAt } of exists) {
        if (launchedAt !== null) expect(verdict).toEqual({ status: 'verified' })
      }
      usage.forEach(({ from, until }, i) => {
        expect(until).toBeGreaterThan(from)
        expect(from).toBeGreaterThanOrEqual(usage[i - 1]?.until ?? 0)
      })
    }
    expect(instances.some(({ usage }) => new Set(usage.map(({ instanceFlavorId }) => instanceFlavorId)).size > 1)).toBe(
      true,
    )
  })

  test('leaves reboots without an end, and audits their instances', () => {
    const stuck = subjects('reboot.start').filter((subject) => !has(subject, 'compute.instance.reboot.end'))
    expect(stuck).toHaveLength(2)
    for (const { instance } of stuck) {
      expect(instance.timings.find(({ name }) => name === 'compute.instance.reboot')).toMatchObject({ end: null })
      expect(instance.exists.length).toBeGreaterThan(0)
    }
  })

  test('audits soft-deleted instances until they are reclaimed or restored', () => {
    const deferred = subjects('soft_delete.end')
    const [reclaimed, restored, pending] = [
      deferred.filter((subject) => has(subject, 'compute.instance.delete.end')),
      deferred.filter((subject) => has(subject, 'compute.instance.restore.end')),
      deferred.filter(({ instance }) => instance.lastState === 'soft-delete'),
    ]
    expect([reclaimed, restored, pending].map(({ length }) => length)).toEqual([2, 2, 2])
    for (const subject of reclaimed) {
      const soft = lastOf(subject, 'compute.instance.soft_delete.end')?.deletedAt
      const between = subject.instance.exists.filter(
        ({ deletedAt, terminatedAt }) => isNear(deletedAt, soft) && terminatedAt === null,
      )
      expect(between.length).toBeGreaterThanOrEqual(2)
      const end = lastOf(subject, 'compute.instance.delete.end')
      expect(subject.instance.delete?.deletedAt).toBe(end?.terminatedAt)
      expect(end?.deletedAt).toBeGreaterThan((soft ?? 0) + HOUR)
    }
    for (const { instance } of restored) {
      expect(instance.exists.some(({ deletedAt }) => deletedAt !== null)).toBe(true)
      expect(instance.delete).toBeNull()
      expect(instance.exists.at(-1)?.deletedAt).toBeNull()
    }
    for (const subject of pending) {
      expect(subject.instance.delete?.deletedAt).toBe(lastOf(subject, 'compute.instance.soft_delete.end')?.deletedAt)
      expect(subject.instance.exists.length).toBeGreaterThanOrEqual(3)
    }
  })

  test('sends nothing but force_delete about instances that the API alone deletes', () => {
    const forced = subjects('force_delete.end')
    expect(forced).toHaveLength(4)
    for (const subject of forced) {
      expect(has(subject, 'compute.instance.delete.end')).toBe(false)
      expect(subject.instance.delete?.deletedAt).toBe(
        lastOf(subject, 'compute.instance.force_delete.end')?.terminatedAt,
      )
    }
    const shelved = forced.filter((subject) => has(subject, 'compute.instance.shelve_offload.end'))
    expect(shelved).toHaveLength(2)
    const audited = forced.filter(({ instance }) => instance.exists.some(({ deletedAt }) => deletedAt !== null))
    expect(audited).toHaveLength(2)
  })

  test('audits instances during a resize, during its revert, and after a failed one', () => {
    const mixed = (subject: Subject) => subject.instance.exists.filter((exists) => exists.mixed && exists.periodic)
    const resized = subjects('finish_resize.start').filter((subject) => mixed(subject).length > 0)
    const failed = resized.filter(({ messages }) => {
      const requests = (event: string) =>
        new Set(messages.flatMap((message) => (message.event === event ? [message.request] : [])))
      const ended = requests('compute.instance.finish_resize.end')
      return [...requests('compute.instance.finish_resize.start')].some((request) => !ended.has(request))
    })
    expect(failed).toHaveLength(2)
    for (const { messages, instance } of failed) {
      const [created, resized] = instance.launches
      expect(resized?.instanceFlavorId).not.toBe(created?.instanceFlavorId)
      expect(isNear(resized?.launchedAt, created?.launchedAt)).toBe(true)
      expect(messages.some(({ event }) => event === 'compute.instance.reboot.end')).toBe(true)
    }
    const reverted = resized.filter(
      (subject) => has(subject, 'compute.instance.resize.revert.end') && mixed(subject).length > 1,
    )
    expect(reverted.length).toBeGreaterThanOrEqual(2)
  })

  test('sends several exists of the same hour', () => {
    const periodic = (subject: Subject) => subject.instance.exists.filter((exists) => exists.periodic)
    const migrated = subjects('live_migration._post.end').filter((subject) => {
      const exists = periodic(subject)
      return exists.some((one) =>
        exists.some((other) => other.host !== one.host && other.auditBeginning === one.auditBeginning),
      )
    })
    expect(migrated.length).toBeGreaterThanOrEqual(2)
    const rescheduled = subjects('resize.error')
    expect(rescheduled).toHaveLength(2)
    for (const { messages, instance } of rescheduled) {
      const prepared = messages.filter(({ event }) => event === 'compute.instance.resize.prep.start')
      expect(new Set(prepared.map(({ request }) => request)).size).toBe(1)
      expect(prepared).toHaveLength(2)
      const sent = instance.exists.filter(({ when }) => Math.abs(when - (prepared[0]?.when ?? 0)) < 5 * SECOND)
      expect(new Set(sent.map(({ host }) => host)).size).toBe(2)
    }
    const kept = subjects('shelve.end').filter(({ instance, messages }) => {
      const shelved = messages.find(({ event }) => event === 'compute.instance.shelve.end')
      const hours = instance.exists.map(hourOf)
      return shelved !== undefined && hours.filter((hour) => hour === Math.floor(shelved.when / HOUR)).length > 1
    })
    expect(kept.length).toBeGreaterThanOrEqual(4)
  })

  test('ends a delete with the request of the restarted nova-compute', () => {
    const crashed = subjects('delete.end').filter(({ messages }) => {
      const own = messages.filter(({ event }) => event.startsWith('compute.instance.delete.'))
      return new Set(own.map(({ request }) => request)).size > 1
    })
    const [deferred, alone] = [
      crashed.filter((subject) => has(subject, 'compute.instance.soft_delete.end')),
      crashed.filter((subject) => !has(subject, 'compute.instance.soft_delete.end')),
    ]
    expect([deferred.length, alone.length]).toEqual([0, 2])
    for (const { uuid, instance, messages } of alone) {
      const end = messages.at(-2)?.event === 'compute.instance.delete.end' ? messages.at(-2) : messages.at(-1)
      const start = messages.find(({ event }) => event === 'compute.instance.delete.start')
      const timing = instance.timings.find(({ name }) => name === 'compute.instance.delete')
      expect(timing).toMatchObject({ requestId: start?.request, start: start?.when })
      expect(timing?.duration).toBeGreaterThan(20 * SECOND)
      const { tracker } = cloud.truth.requests[start?.request ?? ''] ?? { tracker: null }
      expect(tracker).toMatchObject({ event: 'compute.instance.delete', instance: uuid, end: timing?.end })
      expect(cloud.truth.requests[end?.request ?? '']?.tracker ?? null).toBeNull()
      expect((instance.delete?.rowDeletedAt ?? 0) - (instance.delete?.deletedAt ?? 0)).toBeGreaterThan(19 * SECOND)
    }
  })

  test('has images that become active without an activate, and failed uploads', () => {
    const ofImages = cloud.messages.filter(({ event }) => event.startsWith('image.'))
    const activated = new Set(
      ofImages.flatMap(({ event, payload }) => (event === 'image.activate' ? idOf(payload) : [])),
    )
    const imported = Object.entries(cloud.truth.images).filter(
      ([id, { usage }]) => usage !== null && !activated.has(id),
    )
    expect(imported).toHaveLength(4)
    expect(imported.filter(([, image]) => image.delete !== null).length).toBeGreaterThanOrEqual(2)
    expect(cloud.sent.some(({ routingKey, event }) => event === 'image.upload' && routingKey.endsWith('.error'))).toBe(
      true,
    )
  })

  test('has project ids with dashes, and translated messages', () => {
    const tenants = Object.values(cloud.truth.instances).map(({ tenant }) => tenant)
    expect(tenants).toContain('default')
    for (const tenant of tenants) expect(tenant).toMatch(/^(?:default|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/)
    const successes = cloud.sent.map(({ body }) => JSON.stringify(body)).filter((text) => /Erfolg|成功/.test(text))
    expect(successes.length > 0).toBe(format !== 'versioned')
  })
})

function idOf(payload: ReadMessage['payload']): unknown[] {
  return typeof payload === 'object' && payload !== null && 'id' in payload ? [payload.id] : []
}
