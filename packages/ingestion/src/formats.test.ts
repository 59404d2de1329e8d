import { describe, expect, test } from '@jest/globals'
import { counterpartKey, type NovaRow } from '@stacktach/domain'
import { type CapturedStream, captured } from '@stacktach/testing'
import { readMessage } from './readMessage.ts'

const SECOND = 1_000_000

function novaRows(stream: CapturedStream): NovaRow[] {
  return captured(stream).flatMap(({ exchange, routing_key, body }) => {
    const result = readMessage(
      { exchange, routingKey: routing_key, body },
      { maxBody: 1_048_576, rules: 'today', controlExchanges: [] },
    )
    return result.kind === 'stored' && result.row.table === 'nova' ? [result.row] : []
  })
}

/** Columns that really differ between the classic and the versioned notification of an event. */
const realDifferences: { event: string; column: string; classic: string; versioned: string; reason: string }[] = [
  ...['delete.start', 'delete.end'].map((name) => ({
    event: `compute.instance.${name}`,
    column: 'service',
    classic: 'compute',
    versioned: 'api',
    reason: 'the API deletes an instance that was never on a host, and only the versioned format shows that',
  })),
  {
    event: 'compute.instance.update',
    column: 'service',
    classic: 'nova-api',
    versioned: 'api',
    reason: 'classic publishers keep the prefix nova-',
  },
  {
    event: 'compute.instance.rebuild.scheduled',
    column: 'service',
    classic: 'compute',
    versioned: 'conductor',
    reason: 'nova publishes the classic notification as compute, wherever it runs',
  },
  {
    event: 'compute.instance.rebuild.scheduled',
    column: 'host',
    classic: 'controller',
    versioned: 'compute-02',
    reason: 'nova gives the versioned notification the selected host',
  },
  ...['soft_delete.start', 'soft_delete.end'].map((name) => ({
    event: `compute.instance.${name}`,
    column: 'host',
    classic: 'compute-01',
    versioned: 'controller',
    reason:
      'nova takes the host of the versioned notification from its configuration, which the captured services shared',
  })),
  {
    event: 'compute_task.build_instances',
    column: 'service',
    classic: 'compute_task',
    versioned: 'conductor',
    reason: 'the task publishes the classic notification, the service that runs it the versioned one',
  },
]

const streams = ['nova_both', 'nova_both_failures'] as const

/** Events that only one format has, by stream. */
const oneFormatOnly = {
  nova_both: {
    classic: ['compute.instance.volume.attach', 'compute.instance.volume.detach', 'rescue_instance'],
    versioned: [
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
    ],
  },
  nova_both_failures: {
    classic: ['rescue_instance'],
    versioned: ['compute.exception', 'flavor.create', 'flavor.update', 'service.create'],
  },
}

/** The classic notification has its instance only deep in the request, so that the two do not match. */
const withoutInstance = ['scheduler.select_destinations.end', 'scheduler.select_destinations.start']

describe('in a cloud that sends both formats', () => {
  const groupsOf = (stream: CapturedStream) => {
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
  }
  const counterparts = streams
    .flatMap(groupsOf)
    .flatMap(({ classic, versioned }) =>
      classic.length === versioned.length ? classic.map((row, index) => [row, versioned[index] ?? row] as const) : [],
    )

  test('each notification has a counterpart with the same event, instance and request', () => {
    expect(counterparts).toHaveLength(373 + 108)
    for (const [classic, versioned] of counterparts) {
      expect(Math.abs(versioned.when - classic.when)).toBeLessThan(SECOND / 2)
      expect(versioned.messageId).not.toBe(classic.messageId)
      expect(counterpartKey({ ...versioned, identity: 'versioned' })).toBe(
        counterpartKey({ ...classic, identity: 'classic' }),
      )
    }
  })

  test.each(streams)('%s: only events of one format have no counterpart', (stream) => {
    const alone = groupsOf(stream).filter(({ classic, versioned }) => classic.length !== versioned.length)
    const events = (rows: NovaRow[]) => [...new Set(rows.map(({ event }) => event))].sort()
    expect(events(alone.flatMap(({ classic }) => classic))).toEqual(
      [...oneFormatOnly[stream].classic, ...withoutInstance].sort(),
    )
    expect(events(alone.flatMap(({ versioned }) => versioned))).toEqual(
      [...oneFormatOnly[stream].versioned, ...withoutInstance].sort(),
    )
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
  ] as const)('counterparts agree in %s', (column) => {
    expect(counterparts.map(([, versioned]) => versioned[column])).toEqual(
      counterparts.map(([classic]) => classic[column]),
    )
  })

  test('counterparts agree in service and host, except where their publishers differ', () => {
    const differences = counterparts.flatMap(([a, b]) =>
      (['service', 'host'] as const)
        .filter((column) => a[column] !== b[column])
        .map((column) => ({ event: a.event, column, classic: a[column], versioned: b[column] })),
    )
    const listed = realDifferences.map(({ reason: _, ...difference }) => difference)
    const asText = (list: object[]) => [...new Set(list.map((each) => JSON.stringify(each)))].sort()
    expect(asText(differences)).toEqual(asText(listed))
  })

  test('counterparts agree in the facts of usage, to the second', () => {
    // The versioned format has no instance_type_id, no message for a successful create, and the id of the image, not its name.
    const comparable = ({ facts }: NovaRow) => {
      if (facts === null) return null
      const { instanceTypeId: _, image: _image, message, ...rest } = facts
      expect(message ?? 'Success').toBe('Success')
      return Object.entries(rest)
        .map(([name, value]) => [
          name,
          typeof value === 'number' && value > SECOND ? Math.floor(value / SECOND) : value,
        ])
        .sort()
    }
    for (const [classic, versioned] of counterparts) expect(comparable(versioned)).toEqual(comparable(classic))
  })
})
