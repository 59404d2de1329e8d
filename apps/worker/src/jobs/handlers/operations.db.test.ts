import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type NewFailures, openOperations, operationsOfInstance, type StoredOperation } from '@stacktach/db'
import { type CapturedStream, captured } from '@stacktach/testing'
import { foldAll, type JobStack, openStack } from '../../testkit/jobStack.ts'
import { storeAll } from '../../testkit/oldVersion.ts'

/** The captured clouds with notifications of nova. */
const streams: CapturedStream[] = [
  'nova_both',
  'nova_both_failures',
  'nova_unversioned',
  'nova_unversioned_messaging-v1',
  'nova_unversioned_two-topics',
  'nova_versioned',
]

/** A stored notification of an instance that is not the versioned counterpart of a classic one. */
interface Stored {
  id: number
  when: number
  instance: string
  event: string
  request: string
  isError: boolean
}

/** Notifications of one request and name, up to and including an end. */
interface Group {
  name: string
  /** The notifications with the suffixes .start, .end and .error, in order. */
  own: Stored[]
}

const phase = ({ event }: Stored) => /\.(start|end|error)$/.exec(event)?.[1]
const nameOf = ({ event }: Stored) => event.replace(/\.(?:start|end|error)$/, '')

/** What should become of the notifications of an instance, by rules written for this test alone. */
function groupsOf(all: readonly Stored[]): Group[] {
  const groups: Group[] = []
  const keys = new Set(all.filter(phase).map((each) => `${each.request} ${nameOf(each)}`))
  for (const key of keys) {
    const own = all.filter((each) => phase(each) && `${each.request} ${nameOf(each)}` === key)
    let group: Group = { name: '', own: [] }
    own.forEach((each) => {
      if (group.own.length === 0) groups.push(group)
      group.name = nameOf(each)
      group.own.push(each)
      if (phase(each) === 'end') group = { name: '', own: [] }
    })
  }
  return groups
}

function outcomeOf({ name, own }: Group, all: readonly Stored[]): string {
  const last = own.at(-1)
  if (last === undefined) throw new Error('a group has a notification')
  // nova ends a reboot that failed.
  if (phase(last) === 'end') {
    const before = own.at(-2)
    return before !== undefined && phase(before) === 'error' ? 'failed' : 'done'
  }
  if (phase(last) === 'error') return 'failed'
  const later = all.filter(({ when }) => when > last.when)
  const next = later.find(
    (each) =>
      (each.request === last.request && each.isError && !phase(each)) ||
      (each.request === last.request && phase(each) === 'start' && name.startsWith('scheduler.')) ||
      /\.(?:force_)?delete\.end$/.test(each.event),
  )
  if (next === undefined) return 'open'
  return next.isError ? 'failed' : phase(next) === 'start' ? 'done' : 'abandoned'
}

describe.each(streams)('the operations of %s', (stream) => {
  let stack: JobStack
  let instances: Map<string, Stored[]>
  const operations = new Map<string, StoredOperation[]>()
  const newFailures: NewFailures[] = []

  beforeAll(async () => {
    stack = await openStack()
    stack.context.onNewFailures = (failures) => newFailures.push(...failures)
    await storeAll(
      stack,
      captured(stream).map(({ exchange, routing_key, body }) => ({ exchange, routingKey: routing_key, body })),
    )
    await foldAll(stack)
    const { rows } = await stack.database.pool.query<Stored>(
      `select n.id, n."when", n.instance, n.event, n.request_id as request, n.routing_key like '%.error' as "isError"
         from notification_nova n
        where n.instance is not null and not (n.versioned and exists (
          select from notification_nova c
           where not c.versioned and c.instance = n.instance and c.event = n.event and c.request_id = n.request_id))
        order by n."when", n.event like '%.start' desc, n.event like '%.end'`,
    )
    instances = new Map()
    for (const row of rows) instances.set(row.instance, [...(instances.get(row.instance) ?? []), row])
    for (const instance of instances.keys()) {
      operations.set(instance, await operationsOfInstance(stack.database, { instance, limit: 1_000 }))
    }
  })

  afterAll(() => stack?.close())

  test('have each start, end and error exactly once, with the right outcome', () => {
    expect(instances.size).toBeGreaterThan(5)
    let checked = 0
    for (const [instance, all] of instances) {
      const groups = groupsOf(all)
      const ofEvents = new Map(operations.get(instance)?.map((each) => [each.notificationId, each]))
      for (const group of groups) {
        const first = group.own[0]
        const operation = ofEvents.get(first?.id ?? 0)
        ofEvents.delete(first?.id ?? 0)
        const starts = group.own.filter((each) => phase(each) === 'start')
        expect({
          instance,
          name: operation?.name,
          request: operation?.requestId,
          outcome: operation?.outcome,
          starts: operation?.attempts.flatMap(({ start }) => start ?? []),
        }).toEqual({
          instance,
          name: group.name,
          request: first?.request,
          outcome: outcomeOf(group, all),
          starts: starts.map(({ when }) => when),
        })
        const end = group.own.find((each) => phase(each) === 'end')
        if (end !== undefined) expect(operation?.end).toBe(end.when)
        checked++
      }
      // Each of the others is an error notification of another event, when nothing is in progress in its request.
      for (const operation of ofEvents.values()) {
        const error = all.find(({ id }) => id === operation.notificationId)
        expect(operation).toMatchObject({ outcome: 'failed', name: error?.event, end: error?.when })
        expect([error?.isError, error && phase(error)]).toEqual([true, undefined])
      }
    }
    expect(checked).toBeGreaterThan(15)
  })

  test('have a failure for each error notification that begins or fails one, counted once', async () => {
    const { rows } = await stack.database.pool.query<{ id: number; name: string; error: string; instance: string }>(
      'select notification_id as id, name, error, instance from failure order by notification_id',
    )
    const errors = [...instances.values()].flat().filter(({ isError }) => isError)
    expect(rows.map(({ id }) => id)).toEqual(errors.map(({ id }) => id).sort((a, b) => a - b))
    for (const { name, error, instance } of rows) {
      expect(error).toMatch(/^\w+: \S/)
      expect(error).not.toMatch(/[\n{]|[0-9a-f]{8}-/)
      const own = operations.get(instance)?.filter((each) => each.name === name) ?? []
      expect(own.flatMap(({ attempts }) => attempts.map((each) => each.error))).toContain(error)
    }
    expect(newFailures.reduce((sum, { count }) => sum + count, 0)).toBe(rows.length)
  })

  test('that are open are those without an end', async () => {
    const open = await openOperations(stack.database, { now: stack.context.clock(), stuckOnly: true, limit: 1_000 })
    const expected = [...instances.values()].flatMap((all) =>
      groupsOf(all).filter((group) => outcomeOf(group, all) === 'open'),
    )
    expect(open.map(({ operation }) => operation.notificationId).sort()).toEqual(
      expected.map(({ own }) => own[0]?.id).sort(),
    )
  })
})
