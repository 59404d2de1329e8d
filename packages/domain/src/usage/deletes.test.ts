import { describe, expect, test } from '@jest/globals'
import type { InstanceFacts } from '../notifications/facts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { at, novaEvent } from '../testkit/story.ts'
import { foldDeletes, type InstanceDelete } from './deletes.ts'

const launchedAt = at(10)
const bothRules = describe.each<Rules>(['today', 'stacktach'])

/** Deletes by time of deletion, as `98 deleted`. */
const statuses = (deletes: readonly InstanceDelete[]) =>
  deletes.map(({ deletedAt, status }) => `${(deletedAt - at(0)) / 1_000_000} ${status}`).sort()

/** The deletes of a story that is folded one notification after the other, and at once. */
function fold(rules: Rules, ...story: InstanceNotification[]): string[] {
  const stepwise = new Map<number, InstanceDelete>()
  for (const notification of story) {
    for (const row of foldDeletes([...stepwise.values()], [notification], rules)) stepwise.set(row.deletedAt, row)
  }
  const atOnce = statuses(foldDeletes([], story, rules))
  expect(statuses([...stepwise.values()])).toEqual(atOnce)
  return atOnce
}

const deleted = (event: string, when: number, facts: InstanceFacts = {}) =>
  novaEvent(event, when, {}, { launchedAt, deletedAt: at(when - 1), ...facts })

bothRules('a delete (%s)', (rules) => {
  test('is made by a delete.end with a launched_at, at its terminated_at', () => {
    const end = novaEvent('delete.end', 99, {}, { launchedAt, terminatedAt: at(98), deletedAt: at(98.7) })
    expect(foldDeletes([], [novaEvent('delete.start', 97, {}, { launchedAt }), end], rules)).toEqual([
      {
        instance: 'server',
        launchedAt,
        deletedAt: at(98),
        payloadDeletedAt: at(98.7),
        notificationId: end.id,
        status: 'deleted',
      },
    ])
  })

  test('without a terminated_at is at its deleted_at', () => {
    const [row] = foldDeletes([], [novaEvent('delete.end', 99, {}, { launchedAt, deletedAt: at(98.7) })], rules)
    expect(row).toMatchObject({ deletedAt: at(98.7), payloadDeletedAt: at(98.7) })
  })

  test('needs a launched_at and a deletion time', () => {
    expect(foldDeletes([], [novaEvent('delete.end', 99, {}, { terminatedAt: at(98) })], rules)).toEqual([])
    expect(foldDeletes([], [novaEvent('delete.end', 99, {}, { launchedAt })], rules)).toEqual([])
    expect(foldDeletes([], [novaEvent('delete.end', 99)], rules)).toEqual([])
  })

  test('is not made by other events', () => {
    const others = ['delete.start', 'soft_delete.start', 'force_delete.start', 'shutdown.end', 'exists', 'update']
    expect(
      foldDeletes(
        [],
        others.map((event) => deleted(event, 99)),
        rules,
      ),
    ).toEqual([])
  })

  test('is one for each launched_at and deleted_at; the later notification counts', () => {
    const facts = { launchedAt, terminatedAt: at(98) }
    const [first, repeated] = [novaEvent('delete.end', 99, {}, facts), novaEvent('delete.end', 100, {}, facts)]
    expect(foldDeletes([], [first, repeated], rules).map(({ notificationId }) => notificationId)).toEqual([repeated.id])
  })
})

describe('deletes of one instance', () => {
  test('under StackTach only delete.end makes one, and each is effective', () => {
    const story = [deleted('soft_delete.end', 20), deleted('delete.end', 50), deleted('delete.end', 60)]
    expect(fold('stacktach', ...story, deleted('force_delete.end', 70), deleted('restore.end', 80))).toEqual([
      '49 deleted',
      '59 deleted',
    ])
  })

  test('a force delete, which the API reports when the host is down', () => {
    expect(fold('today', deleted('force_delete.end', 20))).toEqual(['19 deleted'])
  })

  test('a soft delete is effective until the instance is reclaimed', () => {
    const story = [deleted('soft_delete.end', 20)]
    expect(fold('today', ...story)).toEqual(['19 soft deleted'])
    expect(fold('today', ...story, deleted('delete.end', 50))).toEqual(['19 replaced', '49 deleted'])
    expect(fold('today', ...story, deleted('force_delete.end', 50))).toEqual(['19 replaced', '49 deleted'])
  })

  test('a restore undoes a soft delete, whatever its payload says', () => {
    const restore = novaEvent('restore.end', 30)
    const story = [deleted('soft_delete.end', 20), restore]
    expect(fold('today', ...story)).toEqual(['19 restored'])
    expect(fold('today', ...story, deleted('soft_delete.end', 40))).toEqual(['19 restored', '39 soft deleted'])
    expect(fold('today', ...story, deleted('soft_delete.end', 40), deleted('delete.end', 50))).toEqual([
      '19 restored',
      '39 replaced',
      '49 deleted',
    ])
  })

  test('a restore undoes no other delete', () => {
    expect(fold('today', deleted('delete.end', 20), novaEvent('restore.end', 30))).toEqual(['19 deleted'])
  })

  test('of a launch and of the launch before it, the later is effective', () => {
    const later = deleted('delete.end', 60, { launchedAt: at(40) })
    expect(fold('today', deleted('delete.end', 20), later)).toEqual(['19 replaced', '59 deleted'])
  })
})
