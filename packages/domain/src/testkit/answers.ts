import { expect } from '@jest/globals'
import { withoutCounterparts } from '../notifications/counterparts.ts'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { SECOND } from '../time/instant.ts'
import { foldDeletes } from '../usage/deletes.ts'
import { foldExists } from '../usage/exists.ts'
import { foldedAtOnce, Store } from './store.ts'
import { MIDNIGHT, told } from './story.ts'

/**
 * What an operator is told of a cloud whose notifications arrived, and were folded, one after the other. Seconds are those
 * of the story, `?` what is not known.
 */
export function answers(rules: Rules, ...arrived: InstanceNotification[]) {
  const store = new Store(rules)
  for (const notification of arrived) {
    store.arrive([notification])
    store.settle()
  }
  expect(store.rows()).toEqual(foldedAtOnce(arrived, rules))
  const seconds = (when: number | null) => (when === null ? '?' : (when - MIDNIGHT) / SECOND)
  const counted = withoutCounterparts(sortByPosition(store.notifications()))
  const timings = [...store.timings.values()].sort((a, b) => whenOf(a) - whenOf(b))
  return {
    timings: told(timings),
    launches: [...store.launches.values()].map(
      ({ requestId, launchedAt, instanceFlavorId }) => `${requestId} ${instanceFlavorId} at ${seconds(launchedAt)}`,
    ),
    deletes: foldDeletes(counted).map(({ launchedAt, deletedAt }) => `${seconds(launchedAt)} to ${seconds(deletedAt)}`),
    exists: foldExists(counted).map(({ launchedAt }) => `launched at ${seconds(launchedAt)}`),
    kpi: [...store.trackers.values()]
      .map(({ requestId, start, last }) =>
        last === null ? `${requestId} not ended` : `${requestId} ${(last.when - start.when) / SECOND} s`,
      )
      .sort(),
    refolds: store.refolds(),
    store,
  }
}

function whenOf({ start, end }: { start: { when: number } | null; end: { when: number } | null }): number {
  return (start ?? end)?.when ?? 0
}
