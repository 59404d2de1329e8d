import { describe, expect, test } from '@jest/globals'
import { HOUR, MINUTE, SECOND } from '../core/time.ts'
import { type CloudOptions, type Format, formats, simulateCloud, type Truth, type UsageFault } from '../index.ts'
import { type ReadMessage, readMessage } from '../testkit/readMessage.ts'

type Run = { readonly truth: Truth; readonly messages: ReadMessage[] }

function run(options: CloudOptions): Run {
  const cloud = simulateCloud({ seed: 'faults', operations: 400, operationsPerMinute: 2, failures: 0.2, ...options })
  const messages = [...cloud.messages].map(readMessage)
  return { truth: cloud.truth(), messages }
}

const existsOf = (truth: Truth) => Object.values(truth.instances).flatMap(({ exists }) => exists)

/** Groups messages by instance; if both formats are sent, only the classic ones. */
function byInstance(messages: readonly ReadMessage[], format: Format): Map<string, ReadMessage[]> {
  const groups = new Map<string, ReadMessage[]>()
  for (const message of messages) {
    if (message.instance === '' || (message.versioned && format === 'both')) continue
    groups.set(message.instance, [...(groups.get(message.instance) ?? []), message])
  }
  return groups
}

const launchEvent =
  /^compute\.instance\.(create|rebuild|rescue|resize\.revert|finish_resize)\.(start|end)$|resize\.prep\.start$|unshelve\.end$/

const round = (at: number): number => Math.floor((at + SECOND / 2) / SECOND)
const toSecond = (at: number): number => Math.floor(at / SECOND)
const isWhole = (at: number): boolean => at % SECOND === 0

/** Whether both are in the same second, or one is a whole second to which the other rounds. */
function sameSecond(a: number, b: number): boolean {
  if (toSecond(a) === toSecond(b)) return true
  return (isWhole(a) && round(b) === toSecond(a)) || (isWhole(b) && round(a) === toSecond(b))
}

/** The last message of a launching request, and its latest launch time: from its ends if they have one. */
function launchOf(messages: readonly ReadMessage[]): { last: ReadMessage | undefined; at: number | null } {
  const timed = messages.filter(
    ({ event, launchedAt }) => launchedAt !== null && !/(create|finish_resize)\.start$/.test(event),
  )
  const ends = timed.filter(({ event }) => event.endsWith('.end'))
  const times = (ends.length > 0 ? ends : timed).map(({ launchedAt }) => launchedAt ?? 0)
  return { last: messages.at(-1), at: times.length === 0 ? null : Math.max(...times) }
}

/** Verifies an exists against all messages about its instance: returns its fault, null if it has none. */
function faultOf(exists: ReadMessage, messages: readonly ReadMessage[]): string | null {
  const { launchedAt, deletedAt, auditEnding } = exists
  if (launchedAt === null || auditEnding === null) return 'no times'
  const requests = [...new Set(messages.filter(({ event }) => launchEvent.test(event)).map(({ request }) => request))]
  const launch = requests
    .map((request) =>
      launchOf(messages.filter((message) => message.request === request && launchEvent.test(message.event))),
    )
    .find(({ at }) => at !== null && sameSecond(at, launchedAt))?.last
  if (launch === undefined) return 'no launch'
  if (launch.flavor !== exists.flavor) return 'flavor'
  if (launch.tenant !== exists.tenant) return 'tenant'
  if (launch.system !== exists.system) return 'system'
  const ends = messages.filter(
    (message) =>
      message.event === 'compute.instance.delete.end' &&
      message.launchedAt !== null &&
      sameSecond(message.launchedAt, launchedAt),
  )
  if (deletedAt !== null) return ends.length === 1 && ends[0]?.deletedAt === deletedAt ? null : 'no delete'
  return ends.some(({ terminatedAt }) => terminatedAt !== null && terminatedAt < auditEnding) ? 'contradicted' : null
}

const shapes = formats.flatMap((format) => (['exact', 'rounded'] as const).map((times) => ({ format, times })))

describe.each(shapes)('a cloud that sends $format, with $times times', ({ format, times }) => {
  test('the expected verdicts agree with the messages', () => {
    // Audits often run during an operation.
    const frequentAudits = { operations: 300, operationsPerMinute: 5, auditPeriod: MINUTE }
    const { truth, messages } = run({ format, storedTimes: times, usageFaults: 0.4, ...frequentAudits })
    const messagesByInstance = byInstance(messages, format)
    let checked = 0
    for (const [uuid, { exists }] of Object.entries(truth.instances)) {
      const own = messagesByInstance.get(uuid) ?? []
      for (const { messageId, verdict, mixed } of exists) {
        const message = own.find((each) => each.messageId === messageId)
        const actual = message === undefined ? 'not sent' : faultOf(message, own)
        const expected = verdict?.status === 'failed' ? verdict.fault : null
        // It agrees with no launch in everything, although everything in it was true.
        const differs = expected === null && mixed ? expect.stringMatching(/^(?:flavor|system)$/) : expected
        expect({ uuid, messageId, fault: actual }).toEqual({ uuid, messageId, fault: differs })
        checked += 1
      }
    }
    expect(checked).toBeGreaterThan(500)
  })
})

describe.each([...formats])('faults in a cloud that sends %s', (format) => {
  const { truth, messages } = run({ format, usageFaults: 0.5, duplicates: 0.1 })

  test('are each planted several times, and only their exists fail', () => {
    const planted = new Map<UsageFault, number>()
    for (const { planted: fault, exists } of Object.values(truth.instances)) {
      if (fault !== null) planted.set(fault, (planted.get(fault) ?? 0) + 1)
      for (const { verdict } of exists) {
        if (verdict?.status === 'failed') expect(verdict.fault).toBe(fault)
      }
    }
    for (const fault of ['no launch', 'flavor', 'tenant', 'no delete', 'contradicted', 'duplicate'] as const) {
      expect({ fault, many: (planted.get(fault) ?? 0) > 2 }).toEqual({ fault, many: true })
      const failing = existsOf(truth).filter(({ verdict }) => verdict?.status === 'failed' && verdict.fault === fault)
      expect({ fault, fails: failing.length > 0 }).toEqual({ fault, fails: fault !== 'duplicate' })
    }
  })

  test('a duplicate has the same payload and another message id', () => {
    const ids = new Map(messages.map((message) => [message.messageId, message]))
    let count = 0
    for (const exists of Object.values(truth.instances).flatMap((i) => (i.planted === 'duplicate' ? i.exists : []))) {
      for (const other of exists.duplicates) {
        expect(ids.get(other)?.payload).toEqual(ids.get(exists.messageId)?.payload)
        expect(ids.get(other)?.when).not.toBe(ids.get(exists.messageId)?.when)
        expect(existsOf(truth).find(({ messageId }) => messageId === other)?.duplicates).toContain(exists.messageId)
        count += 1
      }
    }
    expect(count).toBeGreaterThan(2)
  })

  test('do not change other messages', () => {
    const plain = new Map(
      run({ format, duplicates: 0.1 }).messages.map((message) => [
        `${message.messageId} ${message.routingKey}`,
        message,
      ]),
    )
    const faulty = new Map(messages.map((message) => [`${message.messageId} ${message.routingKey}`, message]))
    const changed = [...faulty].filter(
      ([key, message]) =>
        message.event !== 'compute.instance.exists' && JSON.stringify(message) !== JSON.stringify(plain.get(key)),
    )
    expect(changed).toEqual([])
    const missing = [...plain]
      .filter(([key]) => !faulty.has(key))
      .map(([, { event, instance }]) => ({ event, instance }))
    expect(missing.length).toBeGreaterThan(10)
    for (const { event, instance } of missing) {
      const planted = truth.instances[instance]?.planted ?? 'no launch'
      expect({ event, planted }).toEqual({ event, planted: event.endsWith('.delete.end') ? 'no delete' : 'no launch' })
      expect(event).toMatch(event.endsWith('.delete.end') ? /./ : launchEvent)
    }
  })
})

test('without faults, every exists is verified', () => {
  const { truth } = run({ auditPeriod: HOUR })
  expect(existsOf(truth).filter(({ verdict }) => verdict?.status !== 'verified')).toEqual([])
  expect(Object.values(truth.instances).filter(({ planted }) => planted !== null)).toEqual([])
})

test('only an exists of an audit during an operation has a new flavor or image and the old launch', () => {
  const mixedOf = (options: CloudOptions) =>
    existsOf(run({ auditPeriod: MINUTE, operations: 200, operationsPerMinute: 5, ...options }).truth).filter(
      ({ mixed }) => mixed,
    )
  const [versioned, classic] = [mixedOf({ format: 'versioned' }), mixedOf({ format: 'classic' })]
  expect(versioned.length).toBeGreaterThan(0)
  // Versioned exists have no image.
  expect(classic.length).toBeGreaterThan(versioned.length)
  for (const { midOperation, verdict } of [...versioned, ...classic]) {
    expect({ midOperation, verdict }).toEqual({ midOperation: true, verdict: { status: 'verified' } })
  }
})

test('in the versioned format, a launch whose stored time was rounded up is not found', () => {
  const unmatched = existsOf(run({ format: 'versioned', storedTimes: 'rounded' }).truth).filter(
    ({ verdict }) => verdict?.status === 'failed' && verdict.fault === 'no launch',
  )
  expect(unmatched.length).toBeGreaterThan(10)
})
