import { FROM_THE_BEGINNING, foldInstance } from '../instance/foldInstance.ts'
import { byInstance } from '../instance/plan.ts'
import { startsRequest, trackRequest } from '../kpi/tracker.ts'
import { counterpartKey, EXISTS, withoutCounterparts } from '../notifications/counterparts.ts'
import {
  comparePositions,
  type InstanceNotification,
  positionOf,
  sortByPosition,
} from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { durationOf, foldTimings, type Timing } from '../timing/foldTimings.ts'
import { foldImages, type ImageNotification } from '../usage/foldImages.ts'
import { foldLaunches, type Launch, launchEffect } from '../usage/foldLaunches.ts'
import { type Fired, launchEvents, type Rule } from './fired.ts'
import { type Step, shardOf } from './store.ts'

/** What a step of folding met: which instances it continued, and why it folded others from their beginning. */
export function countStep(fired: Fired, { claimed, lifecycles, counterparts, plan }: Step): void {
  for (const [instance, notifications] of claimed) {
    const before = lifecycles.get(instance)
    if (before === undefined) continue
    if (!plan.refolded.includes(instance)) {
      fired.count('fold: onto what is there')
      const classic = new Set(
        counterparts
          .filter((counterpart) => counterpart.instance === instance && !counterpart.versioned)
          .map(({ key }) => key),
      )
      const waiting = new Set(notifications.filter(({ versioned }) => !versioned).map(counterpartKey))
      const late = notifications.some(
        (one) => one.versioned && classic.has(counterpartKey(one)) && !waiting.has(counterpartKey(one)),
      )
      fired.count('counterpart: a versioned one comes after its classic one was folded', late)
      continue
    }
    const counted = new Set(
      counterparts
        .filter(
          (counterpart) =>
            counterpart.instance === instance && counterpart.versioned && counterpart.when <= before.when,
        )
        .map(({ key }) => key),
    )
    const reasons = new Set<Rule>()
    for (const one of notifications) {
      if (comparePositions(positionOf(one), before) <= 0) {
        reasons.add('refold: only because it belongs before the position reached')
      }
      if (one.versioned && !before.hasVersioned) {
        reasons.add('refold: only because a versioned one is the first of its format')
      }
      if (!one.versioned && !before.hasClassic) {
        reasons.add('refold: only because a classic one is the first of its format')
      }
      if (!one.versioned && before.hasClassic && before.hasVersioned && counted.has(counterpartKey(one))) {
        reasons.add('refold: only because its versioned counterpart was counted')
      }
    }
    const [reason, another] = reasons
    if (reason !== undefined && another === undefined) fired.count(reason)
  }
}

/** What a set of notifications met. */
export function countSet(fired: Fired, all: readonly InstanceNotification[], rules: Rules): void {
  const timings: Timing[] = []
  const counted: InstanceNotification[] = []
  for (const [instance, own] of byInstance(all)) {
    const left = withoutCounterparts(own)
    fired.count('counterpart: a versioned one is left out', left.length < own.length)
    fired.count(
      'counterpart: a versioned one counts, being alone',
      left.some(({ versioned }) => versioned),
    )
    countOrder(fired, own)
    countLaunches(fired, left, rules)
    countUsage(fired, left)
    const fold = foldInstance(instance, FROM_THE_BEGINNING, own, rules)
    for (const timing of fold.timings) countTiming(fired, timing)
    const otherwise = foldTimings([], left, rules === 'today' ? 'stacktach' : 'today')
    fired.count('timing: an end of another request', otherwise.length !== fold.timings.length)
    timings.push(...fold.timings)
    counted.push(...left)
  }
  countTrackers(fired, counted, timings, rules)
}

function countOrder(fired: Fired, own: readonly InstanceNotification[]): void {
  const rank = (event: string) => (event.endsWith('.start') ? 'start' : event.endsWith('.end') ? 'end' : 'other')
  own.slice(1).forEach((one, index) => {
    const before = own[index]
    if (before === undefined || before.when !== one.when) return
    const [first, second] = [rank(before.event), rank(one.event)]
    fired.count('order: a start before others of its microsecond', first === 'start' && second !== 'start')
    fired.count('order: an end after others of its microsecond', first !== 'end' && second === 'end')
    fired.count('order: the same microsecond, by event', first === second && before.event !== one.event)
    fired.count('order: the same microsecond and event, by identity', before.event === one.event)
  })
}

function countTiming(fired: Fired, timing: Timing): void {
  const duration = durationOf(timing)
  fired.count('timing: an end closes its start', duration !== null)
  fired.count('timing: an end without a start', timing.start === null)
  fired.count('timing: a start without an end', timing.end === null)
  fired.count('timing: of length zero', duration === 0)
}

/** In order an end never lies before its start: those that a host's clock put there are an end alone and a start alone. */
function countSwapped(fired: Fired, timings: readonly Timing[]): void {
  const swapped = timings.some(
    ({ instance, name, start, end }) =>
      start === null &&
      end !== null &&
      timings.some(
        (other) =>
          other.instance === instance &&
          other.name === name &&
          other.end === null &&
          (other.start?.when ?? 0) > end.when,
      ),
  )
  fired.count('timing: an end before its start', swapped)
}

function countLaunches(fired: Fired, counted: readonly InstanceNotification[], rules: Rules): void {
  const launches = new Map<string, Launch>()
  for (const one of counted) {
    const event = one.event.replace('compute.instance.', '')
    fired.count(
      'launch: unshelve.end, which StackTach does not know',
      event === 'unshelve.end' && rules === 'stacktach',
    )
    if (launchEffect(one, rules) === null) {
      fired.count('launch: create.end that did not succeed', event === 'create.end')
      continue
    }
    for (const known of launchEvents) fired.count(`launch: ${known}`, event === known)
    const before = launches.get(one.requestId)
    for (const [request, launch] of foldLaunches(launches, [one], rules)) {
      launches.set(request, launch)
      const [was, is] = [before?.launchedAt ?? null, launch.launchedAt]
      fired.count('launch: launched_at set', was === null && is !== null)
      fired.count('launch: launched_at raised', was !== null && is !== null && is > was)
      fired.count('launch: launched_at stays', was !== null && is === was && one.facts?.launchedAt !== was)
      const [flavor, said] = [before?.instanceFlavorId ?? null, one.facts?.instanceFlavorId]
      fired.count('launch: flavor set or filled', flavor === null && launch.instanceFlavorId !== null)
      fired.count('launch: flavor changed', flavor !== null && launch.instanceFlavorId !== flavor)
      fired.count('launch: flavor stays', flavor !== null && launch.instanceFlavorId === flavor && said !== flavor)
    }
  }
}

function countUsage(fired: Fired, counted: readonly InstanceNotification[]): void {
  const keys = new Set<string>()
  for (const { event, facts, deploymentId, dedupKey } of counted) {
    if (event === 'compute.instance.delete.end') {
      const deletedAt = facts?.terminatedAt ?? facts?.deletedAt
      if (facts?.launchedAt === undefined || deletedAt === undefined) {
        fired.count('delete: without a launched_at or a time')
        continue
      }
      fired.count(
        facts.terminatedAt === undefined ? 'delete: with its deleted_at only' : 'delete: with its terminated_at',
      )
      const key = `${facts.launchedAt} ${deletedAt}`
      fired.count('delete: told twice', keys.has(key))
      keys.add(key)
    } else if (event === EXISTS) {
      const launched = facts?.launchedAt !== undefined
      fired.count(launched ? 'exists: with a launched_at' : 'exists: without a launched_at')
      const key = `${deploymentId} ${dedupKey}`
      fired.count('exists: a message id told twice', launched && keys.has(key))
      if (launched) keys.add(key)
    }
  }
}

function countTrackers(
  fired: Fired,
  counted: readonly InstanceNotification[],
  timings: readonly Timing[],
  rules: Rules,
): void {
  countSwapped(fired, timings)
  for (const id of new Set(counted.map(({ requestId }) => requestId).filter((id) => id !== ''))) {
    const own = sortByPosition(counted.filter(({ requestId }) => requestId === id))
    const instances = new Set(own.map(({ instance }) => instance))
    fired.count('tracker: the request spans instances', instances.size > 1)
    fired.count('tracker: the request spans shards', new Set([...instances].map(shardOf)).size > 1)
    const starts = own.filter((one) => startsRequest(one, rules))
    fired.count('tracker: several start it, the first counts', starts.length > 1)
    const ends = timings.flatMap(({ name, instance, start, end }) =>
      start && end?.requestId === id ? [{ timingId: start.id, name, instance, ...end }] : [],
    )
    const latest = Math.max(...ends.map(({ when }) => when))
    const last = ends.filter(({ when }) => when === latest)
    const tracker = trackRequest(id, starts[0] ?? null, last)
    if (tracker === null) {
      fired.count('tracker: none, for nothing starts it')
      continue
    }
    fired.count(tracker.last === null ? 'tracker: without an end' : 'tracker: with an end')
    fired.count('tracker: its latest end is before its start', tracker.last === null && last.length > 0)
    fired.count('tracker: ends in the same microsecond', last.length > 1)
  }
}

export function countImages(fired: Fired, all: readonly ImageNotification[]): void {
  const fold = foldImages(all)
  fired.count('image: usage', fold.usages.length > 0)
  fired.count('image: delete', fold.deletes.length > 0)
  fired.count('image: exists', fold.exists.length > 0)
  const made = all.map((one) => foldImages([one]))
  const rows = made.flatMap(({ usages, deletes, exists }) => [...usages, ...deletes, ...exists])
  fired.count(
    'image: told twice, the later counts',
    rows.length > fold.usages.length + fold.deletes.length + fold.exists.length,
  )
  fired.count(
    'image: without the time its row needs',
    made.some(({ usages, deletes, exists }) => usages.length + deletes.length + exists.length === 0),
  )
}
