import { counterpartKey } from '../notifications/counterparts.ts'
import { comparePositions, positionOf } from '../notifications/instanceNotification.ts'
import type { Rule, RuleCounts } from './ruleCounts.ts'
import type { Step } from './store.ts'

/** Counts the rules that a step applied: the instances that it continued, and why it refolded others. */
export function countStep(counts: RuleCounts, { claimed, lifecycles, counterparts, plan }: Step): void {
  for (const [instance, notifications] of claimed) {
    const before = lifecycles.get(instance)
    if (before === undefined) continue
    if (!plan.refolded.includes(instance)) {
      counts.count('fold: an instance is continued')
      const classic = new Set(
        counterparts
          .filter((counterpart) => counterpart.instance === instance && !counterpart.versioned)
          .map(({ key }) => key),
      )
      const claimedClassic = new Set(notifications.filter(({ versioned }) => !versioned).map(counterpartKey))
      const isLate = notifications.some((notification) => {
        const key = counterpartKey(notification)
        return notification.versioned && classic.has(key) && !claimedClassic.has(key)
      })
      counts.count('counterpart: a versioned notification arrives after its classic one was folded', isLate)
      continue
    }
    const foldedVersioned = new Set(
      counterparts
        .filter(
          (counterpart) =>
            counterpart.instance === instance && counterpart.versioned && counterpart.when <= before.when,
        )
        .map(({ key }) => key),
    )
    const reasons = new Set<Rule>()
    for (const notification of notifications) {
      if (comparePositions(positionOf(notification), before) <= 0) {
        reasons.add('refold: only because a notification precedes the position')
      }
      if (notification.versioned && !before.hasVersioned) {
        reasons.add('refold: only because of the first versioned notification')
      }
      if (!notification.versioned && !before.hasClassic) {
        reasons.add('refold: only because of the first classic notification')
      }
      if (
        !notification.versioned &&
        before.hasClassic &&
        before.hasVersioned &&
        foldedVersioned.has(counterpartKey(notification))
      ) {
        reasons.add('refold: only because the versioned counterpart was folded')
      }
    }
    const [reason, another] = reasons
    if (reason !== undefined && another === undefined) counts.count(reason)
  }
}
