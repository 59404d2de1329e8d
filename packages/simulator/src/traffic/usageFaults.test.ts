import { describe, expect, test } from '@jest/globals'
import { HOUR, MINUTE, SECOND } from '../core/time.ts'
import { type CloudOptions, type Format, formats, simulateCloud, type Truth, type UsageFault } from '../index.ts'
import { type Told, told } from '../testkit/readMessage.ts'

type Run = { readonly truth: Truth; readonly told: Told[] }

function run(options: CloudOptions): Run {
  const cloud = simulateCloud({ seed: 'faults', operations: 400, operationsPerMinute: 2, failures: 0.2, ...options })
  const messages = [...cloud.messages]
  return { truth: cloud.truth(), told: messages.map(told) }
}

const existsOf = (truth: Truth) => Object.values(truth.instances).flatMap(({ exists }) => exists)

/** What is told of each instance; where both formats are sent, the classic one counts. */
function byInstance(all: readonly Told[], format: Format): Map<string, Told[]> {
  const groups = new Map<string, Told[]>()
  for (const one of all) {
    if (one.instance === '' || (one.versioned && format === 'both')) continue
    groups.set(one.instance, [...(groups.get(one.instance) ?? []), one])
  }
  return groups
}

const launching =
  /^compute\.instance\.(create|rebuild|rescue|resize\.revert|finish_resize)\.(start|end)$|resize\.prep\.start$|unshelve\.end$/

const round = (at: number): number => Math.floor((at + SECOND / 2) / SECOND)
const whole = (at: number): number => Math.floor(at / SECOND)
const isWhole = (at: number): boolean => at % SECOND === 0

/** The same second, or one is whole seconds and the other rounds to it. */
function sameSecond(one: number, other: number): boolean {
  if (whole(one) === whole(other)) return true
  return (isWhole(one) && round(other) === whole(one)) || (isWhole(other) && round(one) === whole(other))
}

/**
 * What is told of one request that launches: at last, and the latest launch time unless only beginnings emitExistsOf
 * one.
 */
function launchOf(all: readonly Told[]): { last: Told | undefined; at: number | null } {
  const timed = all.filter(
    ({ event, launchedAt }) => launchedAt !== null && !/(create|finish_resize)\.start$/.test(event),
  )
  const ends = timed.filter(({ event }) => event.endsWith('.end'))
  const times = (ends.length > 0 ? ends : timed).map(({ launchedAt }) => launchedAt ?? 0)
  return { last: all.at(-1), at: times.length === 0 ? null : Math.max(...times) }
}

/** An exists held against all that was sent about its instance: what it fails by, null when by nothing. */
function faultOf(exists: Told, all: readonly Told[]): string | null {
  const { launchedAt, deletedAt, auditEnding } = exists
  if (launchedAt === null || auditEnding === null) return 'no times'
  const requests = [...new Set(all.filter(({ event }) => launching.test(event)).map(({ request }) => request))]
  const launch = requests
    .map((request) => launchOf(all.filter((one) => one.request === request && launching.test(one.event))))
    .find(({ at }) => at !== null && sameSecond(at, launchedAt))?.last
  if (launch === undefined) return 'no launch'
  if (launch.flavor !== exists.flavor) return 'flavor'
  if (launch.tenant !== exists.tenant) return 'tenant'
  if (launch.system !== exists.system) return 'system'
  const ends = all.filter(
    (one) =>
      one.event === 'compute.instance.delete.end' && one.launchedAt !== null && sameSecond(one.launchedAt, launchedAt),
  )
  if (deletedAt !== null) return ends.length === 1 && ends[0]?.deletedAt === deletedAt ? null : 'no delete'
  return ends.some(({ terminatedAt }) => terminatedAt !== null && terminatedAt < auditEnding) ? 'contradicted' : null
}

const shapes = formats.flatMap((format) => (['exact', 'rounded'] as const).map((times) => ({ format, times })))

describe.each(shapes)('a cloud that sends $format, with $times times', ({ format, times }) => {
  test('the verdicts are those that the messages give', () => {
    // Audits that often find an operation under way.
    const often = { operations: 300, operationsPerMinute: 5, auditPeriod: MINUTE }
    const { truth, told: all } = run({ format, storedTimes: times, usageFaults: 0.4, ...often })
    const messages = byInstance(all, format)
    let checked = 0
    for (const [uuid, { exists }] of Object.entries(truth.instances)) {
      const about = messages.get(uuid) ?? []
      for (const { messageId, verdict } of exists) {
        const message = about.find((one) => one.messageId === messageId)
        const found = message === undefined ? 'not sent' : faultOf(message, about)
        const known = verdict?.status === 'failed' ? verdict.fault : null
        const midOperation = known === 'midOperation' && (found === 'flavor' || found === 'system')
        expect({ uuid, messageId, fault: midOperation ? known : found }).toEqual({ uuid, messageId, fault: known })
        checked += 1
      }
    }
    expect(checked).toBeGreaterThan(500)
  })
})

describe.each([...formats])('faults in a cloud that sends %s', (format) => {
  const { truth, told: all } = run({ format, usageFaults: 0.5, duplicates: 0.1 })

  test('are all planted, several times, and exactly those fail', () => {
    const planted = new Map<UsageFault, number>()
    for (const { planted: fault, exists } of Object.values(truth.instances)) {
      if (fault !== null) planted.set(fault, (planted.get(fault) ?? 0) + 1)
      for (const { verdict } of exists) {
        if (verdict?.status === 'failed') expect([fault, 'midOperation']).toContain(verdict.fault)
      }
    }
    for (const fault of ['no launch', 'flavor', 'tenant', 'no delete', 'contradicted', 'double'] as const) {
      expect({ fault, many: (planted.get(fault) ?? 0) > 2 }).toEqual({ fault, many: true })
      const failing = existsOf(truth).filter(({ verdict }) => verdict?.status === 'failed' && verdict.fault === fault)
      expect({ fault, fails: failing.length > 0 }).toEqual({ fault, fails: fault !== 'double' })
    }
  })

  test('a double says the same under another message id', () => {
    const ids = new Map(all.map((one) => [one.messageId, one]))
    let duplicates = 0
    for (const exists of Object.values(truth.instances).flatMap((i) => (i.planted === 'double' ? i.exists : []))) {
      for (const other of exists.duplicates) {
        expect(ids.get(other)?.payload).toEqual(ids.get(exists.messageId)?.payload)
        expect(ids.get(other)?.when).not.toBe(ids.get(exists.messageId)?.when)
        expect(existsOf(truth).find(({ messageId }) => messageId === other)?.duplicates).toContain(exists.messageId)
        duplicates += 1
      }
    }
    expect(duplicates).toBeGreaterThan(2)
  })

  test('leave all other messages as they are', () => {
    const plain = new Map(
      run({ format, duplicates: 0.1 }).told.map((one) => [`${one.messageId} ${one.routingKey}`, one]),
    )
    const faulty = new Map(all.map((one) => [`${one.messageId} ${one.routingKey}`, one]))
    const changed = [...faulty].filter(
      ([key, one]) => one.event !== 'compute.instance.exists' && JSON.stringify(one) !== JSON.stringify(plain.get(key)),
    )
    expect(changed).toEqual([])
    const missing = [...plain]
      .filter(([key]) => !faulty.has(key))
      .map(([, { event, instance }]) => ({ event, instance }))
    expect(missing.length).toBeGreaterThan(10)
    for (const { event, instance } of missing) {
      const planted = truth.instances[instance]?.planted ?? 'no launch'
      expect({ event, planted }).toEqual({ event, planted: event.endsWith('.delete.end') ? 'no delete' : 'no launch' })
      expect(event).toMatch(event.endsWith('.delete.end') ? /./ : launching)
    }
  })
})

test('without them, and with audits of settled instances, every exists is verified', () => {
  const { truth } = run({ auditPeriod: HOUR })
  expect(
    existsOf(truth).filter(({ midOperation, verdict }) => !midOperation && verdict?.status !== 'verified'),
  ).toEqual([])
  expect(Object.values(truth.instances).filter(({ planted }) => planted !== null)).toEqual([])
})

test('an exists that shows the new flavor or image with the old launch fails, but no image is told in the versioned format', () => {
  const midOperation = (options: CloudOptions): number =>
    existsOf(run({ auditPeriod: MINUTE, operations: 200, operationsPerMinute: 5, ...options }).truth).filter(
      ({ verdict }) => verdict?.status === 'failed' && verdict.fault === 'midOperation',
    ).length
  const versioned = midOperation({ format: 'versioned' })
  expect(versioned).toBeGreaterThan(0)
  expect(midOperation({ format: 'classic' })).toBeGreaterThan(versioned)
})

test('the versioned format cannot emitExistsOf a launch whose stored time was rounded up', () => {
  const lost = existsOf(run({ format: 'versioned', storedTimes: 'rounded' }).truth).filter(
    ({ verdict }) => verdict?.status === 'failed' && verdict.fault === 'no launch',
  )
  expect(lost.length).toBeGreaterThan(10)
})
