import { describe, expect, test } from '@jest/globals'
import { EARLIEST, type NovaRow, twinKey } from '@stacktach/domain'
import { type CapturedMessage, type CapturedStream, captured, capturedStreams } from '@stacktach/testing'
import { normalizeContext, readMessage, rejectedRow, sha256 } from './message.ts'

const SECOND = 1_000_000

/** 2026-11-24 00:00:00: the day after the streams were recorded. */
const now = 1_795_478_400 * SECOND

const MAX_BODY = 1_048_576

function read({ exchange, routing_key, body }: CapturedMessage, maxBody = MAX_BODY) {
  return readMessage({ exchange, routingKey: routing_key, body }, maxBody, normalizeContext(now))
}

function rowOf(message: CapturedMessage) {
  const result = read(message)
  if (result.kind === 'rejected') throw new Error(`${result.reason}: ${result.detail}`)
  return result.row
}

function novaRows(stream: CapturedStream): NovaRow[] {
  return captured(stream).flatMap((message) => {
    const row = rowOf(message)
    return row.table === 'nova' ? [row] : []
  })
}

/** The notification in a recorded message, as text. */
function notificationIn(body: Buffer): string {
  const outer = JSON.parse(body.toString())
  return outer['oslo.message'] ?? body.toString()
}

describe.each(capturedStreams)('every message of %s', (stream) => {
  const messages = captured(stream)

  test('becomes a row of its service', () => {
    const service = stream.startsWith('glance') ? 'glance' : 'nova'
    expect(new Set(messages.map((message) => rowOf(message).table))).toEqual(new Set([service]))
  })

  test('is stored as it came, character by character, but for its secrets', () => {
    for (const message of messages) {
      const { json } = rowOf(message)
      const notification = notificationIn(message.body)
      const original = `["${message.routing_key}", ${notification}]`
      if (!notification.includes('not-a-real-token')) expect(json).toBe(original)
      else expect(json).not.toContain('not-a-real-token')
      expect(JSON.parse(json)[1].event_type).toBe(JSON.parse(notification).event_type)
    }
  })
})

test('on two topics every notification comes twice, and is one', () => {
  const rows = novaRows('nova_unversioned_two-topics')
  expect(new Set(rows.map(({ dedupKey }) => dedupKey)).size).toBe(rows.length / 2)
  expect(new Set(rows.map(({ dedupKey, when }) => `${dedupKey} ${when}`)).size).toBe(rows.length / 2)
})

/** Where the two formats of one notification really say different things. */
const realDifferences: { event: string; column: string; classic: string; versioned: string; reason: string }[] = [
  ...['delete.start', 'delete.end'].map((name) => ({
    event: `compute.instance.${name}`,
    column: 'service',
    classic: 'compute',
    versioned: 'api',
    reason: 'an instance that never was on a host is deleted by the api, which says so in the versioned format only',
  })),
  {
    event: 'compute.instance.update',
    column: 'service',
    classic: 'nova-api',
    versioned: 'api',
    reason: 'classic services keep their nova-',
  },
  {
    event: 'compute.instance.rebuild.scheduled',
    column: 'service',
    classic: 'compute',
    versioned: 'conductor',
    reason: 'nova publishes the classic one in the name of compute, wherever it runs',
  },
  {
    event: 'compute.instance.rebuild.scheduled',
    column: 'host',
    classic: 'controller',
    versioned: 'compute-02',
    reason: 'nova gives the versioned one the host that was chosen',
  },
  ...['soft_delete.start', 'soft_delete.end'].map((name) => ({
    event: `compute.instance.${name}`,
    column: 'host',
    classic: 'compute-01',
    versioned: 'controller',
    reason: 'nova takes the versioned one’s host from its configuration, which the recorded services shared',
  })),
  {
    event: 'compute_task.build_instances',
    column: 'service',
    classic: 'compute_task',
    versioned: 'conductor',
    reason: 'the classic one is published by the task, the versioned one by the service that ran it',
  },
]

/** What one format alone has. */
const classicOnly = ['compute.instance.volume.attach', 'compute.instance.volume.detach', 'rescue_instance']
const versionedOnly = [
  'compute.exception',
  'compute.instance.interface_attach.end',
  'compute.instance.interface_attach.start',
  'compute.instance.interface_detach.end',
  'compute.instance.interface_detach.start',
  'compute.instance.lock',
  'compute.instance.unlock',
  'compute.instance.volume.attach.end',
  'compute.instance.volume.attach.start',
  'compute.instance.volume.detach.end',
  'compute.instance.volume.detach.start',
  'flavor.create',
  'flavor.update',
  'service.create',
]
/** A classic one names its instance only deep in the request, so that the two are told apart. */
const withoutInstance = ['scheduler.select_destinations.end', 'scheduler.select_destinations.start']

describe('in a cloud that sends both formats', () => {
  const streams = ['nova_both', 'nova_both_failures'] as const
  const groups = streams.flatMap((stream) => {
    const rows = novaRows(stream).sort((a, b) => a.when - b.when)
    const byKey = new Map<string, NovaRow[]>()
    for (const row of rows) {
      const key = `${row.event} ${row.requestId} ${row.instance}`
      byKey.set(key, [...(byKey.get(key) ?? []), row])
    }
    return [...byKey.values()].map((members) => ({
      classic: members.filter(({ versioned }) => !versioned),
      versioned: members.filter(({ versioned }) => versioned),
    }))
  })
  const twins = groups.flatMap(({ classic, versioned }) =>
    classic.length === versioned.length ? classic.map((row, index) => [row, versioned[index] ?? row] as const) : [],
  )

  test('each notification has its twin: event, instance and request say so', () => {
    expect(twins).toHaveLength(373 + 108)
    for (const [classic, versioned] of twins) {
      expect(Math.abs(versioned.when - classic.when)).toBeLessThan(SECOND / 2)
      expect(versioned.messageId).not.toBe(classic.messageId)
      expect(twinKey(versioned)).toBe(twinKey(classic))
    }
  })

  test('but for those that only one format has', () => {
    const alone = groups.filter(({ classic, versioned }) => classic.length !== versioned.length)
    const events = (rows: NovaRow[]) => [...new Set(rows.map(({ event }) => event))].sort()
    expect(events(alone.flatMap(({ classic }) => classic))).toEqual([...classicOnly, ...withoutInstance].sort())
    expect(events(alone.flatMap(({ versioned }) => versioned))).toEqual([...versionedOnly, ...withoutInstance].sort())
  })

  test.each([
    'event',
    'state',
    'oldState',
    'task',
    'oldTask',
    'tenant',
    'instance',
    'requestId',
    'userId',
    'imageType',
    'osArchitecture',
    'osDistro',
    'osVersion',
    'raxOptions',
  ] as const)('twins agree in %s', (column) => {
    expect(twins.map(([, versioned]) => versioned[column])).toEqual(twins.map(([classic]) => classic[column]))
  })

  test('twins agree in service and host, but where their publishers really differ', () => {
    const differences = twins.flatMap(([a, b]) =>
      (['service', 'host'] as const)
        .filter((column) => a[column] !== b[column])
        .map((column) => ({ event: a.event, column, classic: a[column], versioned: b[column] })),
    )
    const listed = realDifferences.map(({ reason: _, ...difference }) => difference)
    const asText = (list: object[]) => [...new Set(list.map((each) => JSON.stringify(each)))].sort()
    expect(asText(differences)).toEqual(asText(listed))
  })

  test('twins agree in what usage needs, to the second', () => {
    // The versioned format has no instance_type_id, and no message of a create that succeeded.
    const comparable = ({ facts }: NovaRow) => {
      if (facts === null) return null
      const { instanceTypeId: _, message, ...rest } = facts
      expect(message ?? 'Success').toBe('Success')
      return Object.entries(rest)
        .map(([name, value]) => [
          name,
          typeof value === 'number' && value > SECOND ? Math.floor(value / SECOND) : value,
        ])
        .sort()
    }
    for (const [classic, versioned] of twins) expect(comparable(versioned)).toEqual(comparable(classic))
  })
})

describe('rejected is a body', () => {
  const message = { exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from('{"é":1}') }

  test('that is too large, in bytes', () => {
    expect(read(message, 7)).toMatchObject({ kind: 'rejected', reason: 'too large' })
    expect(read(message, 8)).toMatchObject({ kind: 'rejected', reason: 'no event_type' })
  })

  test('that is not UTF-8', () => {
    expect(read({ ...message, body: Buffer.from('{"é":1}', 'latin1') })).toMatchObject({ reason: 'not utf-8' })
  })
})

test('notifications from 2010 until two days ahead are stored', () => {
  expect(normalizeContext(now)).toMatchObject({ horizon: EARLIEST, latest: now + 2 * 86_400 * SECOND })
  expect(EARLIEST).toBe((Date.UTC(2010, 0, 1) / 1000) * SECOND)
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})

test('a rejected message is kept with its reason, digest and first 64 KB', () => {
  const body = Buffer.alloc(100_000, 'x')
  const rejection = { reason: 'not json' as const, detail: 'unexpected \0' }
  expect(rejectedRow('cloud', { exchange: 'no\0va', routingKey: 'a.\0', body }, rejection, now)).toEqual({
    deployment: 'cloud',
    exchange: 'no\ufffdva',
    routing_key: 'a.\ufffd',
    reason: 'not json',
    detail: 'unexpected \ufffd',
    body: body.subarray(0, 65_536),
    body_size: 100_000,
    body_sha256: sha256(body),
    received_at: now,
  })
})
