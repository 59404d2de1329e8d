import { describe, expect, test } from '@jest/globals'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { sortByPosition } from '../notifications/instanceNotification.ts'
import { foldAtOnce } from '../testkit/rows.ts'
import { Store } from '../testkit/store.ts'
import { at, counterpartOf, MIDNIGHT, novaEvent } from '../testkit/story.ts'
import { SECOND } from '../time/instant.ts'
import { durationOfOperation, type Failure, type Operation } from './operation.ts'

const NO_HOST = 'NoValidHost: No valid host was found.'
const DISK = 'ComputeResourcesUnavailable: insufficient disk space'

const on = (host: string) => ({ host })
const under = (requestId: string) => ({ requestId })
const failed = (event: string, seconds: number, error: string, fields: Partial<InstanceNotification> = {}) =>
  novaEvent(event, seconds, fields, { error })
const created = { launchedAt: at(8), message: 'Success' }

/**
 * Operations and failures as short texts. Stored one after the other and folded each time; the result must be that of one
 * fold.
 */
function summary(...notifications: InstanceNotification[]) {
  const store = new Store('today')
  for (const notification of notifications) {
    store.add([notification])
    store.foldPending()
  }
  expect(store.rows()).toEqual(foldAtOnce(notifications, 'today'))
  const rows = foldAtOnce(sortByPosition(notifications), 'stacktach')
  const parsed = <T>(kind: string): T[] =>
    [...rows].filter(([key]) => key.startsWith(`${kind} `)).map(([, json]): T => JSON.parse(json))
  return {
    operations: parsed<Operation>('operation')
      .sort((a, b) => a.when - b.when || (a.identity < b.identity ? -1 : 1))
      .map(
        ({ requestId, name, outcome, attempts }) =>
          `${requestId} ${name.replace('compute.instance.', '')} ${outcome}: ${attempts
            .map(
              ({ start, end, outcome, host, error }) =>
                `${seconds(start)} to ${seconds(end)} on ${host} ${outcome}${error === null ? '' : ` (${error})`}`,
            )
            .join(', ')}`,
      ),
    failures: parsed<Failure>('failure')
      .sort((a, b) => a.when - b.when)
      .map(
        ({ when, name, error, host }) =>
          `${seconds(when)} ${name.replace('compute.instance.', '')} on ${host}: ${error}`,
      ),
    rows: parsed<Operation>('operation'),
  }
}

const seconds = (when: number | null) => (when === null ? '?' : (when - MIDNIGHT) / SECOND)

describe('an operation', () => {
  test('is open from its start, and done at its end', () => {
    const [start, end] = [novaEvent('pause.start', 1), novaEvent('pause.end', 4)]
    expect(summary(start).operations).toEqual(['req-1 pause open: 1 to ? on host-1 open'])
    const { operations, failures, rows } = summary(start, end)
    expect(operations).toEqual(['req-1 pause done: 1 to 4 on host-1 done'])
    expect(failures).toEqual([])
    expect(rows.map(durationOfOperation)).toEqual([3 * SECOND])
  })

  test('has the details of the first of its notifications that has them', () => {
    const start = novaEvent('pause.start', 1, { tenant: null, userId: null }, { flavorName: 'm1', image: 'cirros' })
    const end = novaEvent('pause.end', 4, { host: 'host-2', deploymentId: 2 }, { flavorName: 'm2', image: 'debian' })
    expect(summary(start, end).rows).toMatchObject([
      {
        instance: 'server',
        notificationId: start.id,
        when: at(1),
        end: at(4),
        deploymentId: 1,
        tenant: 'tenant',
        userId: 'user',
        host: 'host-2',
        flavor: 'm1',
        image: 'cirros',
      },
    ])
  })

  test('with only an end, or only an error, has no start', () => {
    const { operations, rows } = summary(novaEvent('pause.end', 4), failed('reboot.error', 5, DISK, under('req-2')))
    expect(operations).toEqual([
      'req-1 pause done: ? to 4 on host-1 done',
      `req-2 reboot failed: ? to 5 on host-1 failed (${DISK})`,
    ])
    expect(rows.map(durationOfOperation)).toEqual([null, null])
  })

  test('is one of its request: two requests at once are two operations', () => {
    expect(
      summary(
        novaEvent('reboot.start', 1, under('req-1')),
        novaEvent('reboot.start', 2, under('req-2')),
        novaEvent('reboot.end', 3, under('req-1')),
        novaEvent('reboot.end', 5, under('req-2')),
      ).operations,
    ).toEqual(['req-1 reboot done: 1 to 3 on host-1 done', 'req-2 reboot done: 2 to 5 on host-1 done'])
  })

  test('that is done is followed by a new one', () => {
    const again = [1, 10].flatMap((time) => [novaEvent('pause.start', time), novaEvent('pause.end', time + 1)])
    expect(summary(...again).operations).toEqual([
      'req-1 pause done: 1 to 2 on host-1 done',
      'req-1 pause done: 10 to 11 on host-1 done',
    ])
  })

  test('counts once in both formats', () => {
    const story = [novaEvent('pause.start', 1), failed('pause.error', 2, DISK), novaEvent('reboot.end', 4)]
    const { rows, ...both } = summary(...story.flatMap((classic) => [classic, counterpartOf(classic)]))
    const { rows: _, ...one } = summary(...story)
    expect(both).toEqual(one)
    expect(both.failures).toHaveLength(1)
  })

  test('does not include audits, updates and other notifications', () => {
    expect(summary(novaEvent('exists', 1), novaEvent('update', 2), novaEvent('volume.attach', 3)).operations).toEqual(
      [],
    )
    expect(summary(failed('update', 2, DISK), failed('exists', 3, DISK)).operations).toEqual([])
  })
})

describe('a failure', () => {
  test('of a create is followed by an attempt on another host', () => {
    const story = [
      novaEvent('create.start', 1, on('host-1'), { flavorName: 'm1' }),
      failed('create.error', 3, DISK, on('host-1')),
      novaEvent('create.start', 4, on('host-2')),
      novaEvent('create.end', 9, on('host-2'), created),
    ]
    expect(summary(...story.slice(0, 2)).operations).toEqual([`req-1 create failed: 1 to 3 on host-1 failed (${DISK})`])
    expect(summary(...story.slice(0, 3)).operations).toEqual([
      `req-1 create open: 1 to 3 on host-1 failed (${DISK}), 4 to ? on host-2 open`,
    ])
    const { operations, failures, rows } = summary(...story)
    expect(operations).toEqual([`req-1 create done: 1 to 3 on host-1 failed (${DISK}), 4 to 9 on host-2 done`])
    expect(failures).toEqual([`3 create on host-1: ${DISK}`])
    expect(rows).toMatchObject([{ host: 'host-2', when: at(1), end: at(9) }])
    expect(rows.map(durationOfOperation)).toEqual([8 * SECOND])
  })

  test('of each attempt counts, and the error of the conductor too', () => {
    const { operations, failures } = summary(
      novaEvent('create.start', 1, on('host-1')),
      failed('create.error', 3, DISK, on('host-1')),
      novaEvent('create.start', 4, on('host-2')),
      failed('create.error', 6, DISK, on('host-2')),
      failed('build', 7, NO_HOST, { host: 'conductor', event: 'compute_task.build_instances' }),
    )
    expect(operations).toEqual([
      `req-1 create failed: 1 to 3 on host-1 failed (${DISK}), 4 to 6 on host-2 failed (${DISK})`,
      `req-1 compute_task.build_instances failed: ? to 7 on conductor failed (${NO_HOST})`,
    ])
    expect(failures).toEqual([
      `3 create on host-1: ${DISK}`,
      `6 create on host-2: ${DISK}`,
      `7 compute_task.build_instances on conductor: ${NO_HOST}`,
    ])
  })

  test('may be reported by an exception alone', () => {
    const { operations, failures } = summary(
      novaEvent('rescue.start', 1, on('host-1')),
      failed('rescue', 2, DISK, { event: 'rescue_instance', host: 'controller' }),
    )
    expect(operations).toEqual([`req-1 rescue failed: 1 to 2 on host-1 failed (${DISK})`])
    expect(failures).toEqual([`2 rescue on host-1: ${DISK}`])
  })

  test('that an exception and the error of its event report counts once, in either order', () => {
    const start = novaEvent('reboot.start', 1)
    const exception = (time: number) => failed('reboot', time, DISK, { event: 'reboot_instance' })
    for (const story of [
      [start, exception(2), failed('reboot.error', 3, DISK)],
      [start, exception(2), failed('reboot.error', 3, NO_HOST)],
      [start, failed('reboot.error', 2, DISK), exception(3)],
    ]) {
      const { operations, failures } = summary(...story)
      expect(operations).toEqual([`req-1 reboot failed: 1 to 2 on host-1 failed (${DISK})`])
      expect(failures).toEqual([`2 reboot on host-1: ${DISK}`])
    }
  })

  test('of a function fails everything in progress in its request, and counts for the first', () => {
    const { operations, failures } = summary(
      novaEvent('delete.start', 1),
      novaEvent('reboot.start', 1.5, under('req-2')),
      novaEvent('shutdown.start', 2),
      failed('terminate', 3, DISK, { event: 'terminate_instance' }),
    )
    expect(operations).toEqual([
      `req-1 delete failed: 1 to 3 on host-1 failed (${DISK})`,
      'req-2 reboot open: 1.5 to ? on host-1 open',
      `req-1 shutdown failed: 2 to 3 on host-1 failed (${DISK})`,
    ])
    expect(failures).toEqual([`3 delete on host-1: ${DISK}`])
  })

  test('without a request fails nothing else', () => {
    const { operations } = summary(
      novaEvent('reboot.start', 1, under('')),
      failed('sync', 2, DISK, { event: 'sync_power_state', requestId: '' }),
    )
    expect(operations).toEqual([
      ' reboot open: 1 to ? on host-1 open',
      ` sync_power_state failed: ? to 2 on host-1 failed (${DISK})`,
    ])
  })

  test('followed by an end is a failed operation: nova reports the end of a failed reboot', () => {
    const { operations, failures } = summary(
      novaEvent('reboot.start', 1),
      failed('reboot.error', 2, DISK),
      novaEvent('reboot.end', 3),
    )
    expect(operations).toEqual([`req-1 reboot failed: 1 to 2 on host-1 failed (${DISK})`])
    expect(failures).toHaveLength(1)
  })

  test('is a create.end that reports no launch', () => {
    const message = 'Build of instance 52a45961-d2cf-4096-beaa-9c1aff32b1d9 was re-scheduled'
    const { operations, failures } = summary(
      novaEvent('create.start', 1, on('host-1')),
      novaEvent('create.end', 2, on('host-1'), { message }),
      novaEvent('create.start', 3, on('host-2')),
      novaEvent('create.end', 4, on('host-2'), created),
    )
    const text = 'Build of instance $UUID was re-scheduled'
    expect(operations).toEqual([`req-1 create done: 1 to 2 on host-1 failed (${text}), 3 to 4 on host-2 done`])
    expect(failures).toEqual([`2 create on host-1: ${text}`])
  })

  test('without a text is a failure', () => {
    expect(summary(novaEvent('reboot.start', 1), novaEvent('reboot.error', 2)).failures).toEqual([
      '2 reboot on host-1: no error text',
    ])
  })
})

describe('an operation that never ends', () => {
  test('is abandoned when its instance is deleted', () => {
    const { operations, failures } = summary(
      novaEvent('rescue.start', 1),
      novaEvent('delete.start', 10, under('req-2')),
      novaEvent('delete.end', 12, under('req-2')),
      novaEvent('pause.start', 20, under('req-3')),
    )
    expect(operations).toEqual([
      'req-1 rescue abandoned: 1 to 12 on host-1 abandoned',
      'req-2 delete done: 10 to 12 on host-1 done',
      'req-3 pause open: 20 to ? on host-1 open',
    ])
    expect(failures).toEqual([])
  })

  test.each(['soft_delete', 'shutdown'])('stays open after a %s', (name) => {
    const { operations } = summary(novaEvent('rescue.start', 1), novaEvent(`${name}.end`, 12, under('req-2')))
    expect(operations[0]).toBe('req-1 rescue open: 1 to ? on host-1 open')
  })

  test('gets its late end or error after the delete', () => {
    const story = [novaEvent('create.start', 1), novaEvent('force_delete.end', 5, under('req-2'))]
    expect(summary(...story, novaEvent('create.end', 6)).operations[0]).toBe('req-1 create done: 1 to 6 on host-1 done')
    expect(summary(...story, failed('create.error', 6, DISK)).operations[0]).toBe(
      `req-1 create failed: 1 to 6 on host-1 failed (${DISK})`,
    )
    expect(summary(...story, novaEvent('create.start', 6)).operations).toEqual([
      'req-1 create abandoned: 1 to 5 on host-1 abandoned',
      'req-2 force_delete done: ? to 5 on host-1 done',
      'req-1 create open: 6 to ? on host-1 open',
    ])
  })

  test('is abandoned as an attempt when the next one starts', () => {
    expect(
      summary(novaEvent('create.start', 1, on('host-1')), novaEvent('create.start', 4, on('host-2'))).operations,
    ).toEqual(['req-1 create open: 1 to 4 on host-1 abandoned, 4 to ? on host-2 open'])
  })

  test('is done if it is a delete that ends in another request after a crash', () => {
    expect(
      summary(novaEvent('delete.start', 1), novaEvent('delete.end', 9, { requestId: 'req-2', host: 'host-2' }))
        .operations,
    ).toEqual(['req-1 delete done: 1 to 9 on host-2 done'])
  })

  test('is done if it is a scheduling, whose end names another instance of its request', () => {
    const scheduling = (phase: string, time: number) =>
      novaEvent('', time, { event: `scheduler.select_destinations.${phase}`, host: 'scheduler' })
    expect(summary(scheduling('start', 1), novaEvent('create.start', 3)).operations).toEqual([
      'req-1 scheduler.select_destinations done: 1 to 3 on scheduler done',
      'req-1 create open: 3 to ? on host-1 open',
    ])
    expect(summary(scheduling('start', 1), scheduling('end', 2), novaEvent('create.start', 3)).operations[0]).toBe(
      'req-1 scheduler.select_destinations done: 1 to 2 on scheduler done',
    )
  })
})
