import { expect } from '@jest/globals'
import { withoutCounterparts } from '../notifications/counterparts.ts'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { SECOND } from '../time/instant.ts'
import { foldExists } from '../usage/exists.ts'
import { foldAtOnce } from './rows.ts'
import { Store } from './store.ts'
import { MIDNIGHT, timingTexts } from './story.ts'

/**
 * The aggregates of notifications that are stored and folded one after the other, as short texts. Times are in seconds of
 * the story; `?` is an unknown time.
 */
export function aggregatesOf(rules: Rules, ...notifications: InstanceNotification[]) {
  const store = new Store(rules)
  for (const notification of notifications) {
    store.add([notification])
    store.foldPending()
  }
  expect(store.rows()).toEqual(foldAtOnce(notifications, rules))
  const seconds = (when: number | null) => (when === null ? '?' : (when - MIDNIGHT) / SECOND)
  const counted = withoutCounterparts(sortByPosition(store.notifications()))
  const timings = [...store.timings.values()].sort((a, b) => whenOf(a) - whenOf(b))
  return {
    timings: timingTexts(timings),
    launches: [...store.launches.values()].map(
      ({ requestId, launchedAt, instanceFlavorId }) => `${requestId} ${instanceFlavorId} at ${seconds(launchedAt)}`,
    ),
    deletes: [...store.deletes.values()]
      .sort((a, b) => a.deletedAt - b.deletedAt)
      .map(
        ({ launchedAt, deletedAt, status }) =>
          `${seconds(launchedAt)} to ${seconds(deletedAt)}${status === 'deleted' ? '' : `, ${status}`}`,
      ),
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
