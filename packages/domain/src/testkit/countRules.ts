import { FROM_THE_BEGINNING, foldInstance, type InstanceFold } from '../instance/foldInstance.ts'
import { byInstance } from '../instance/plan.ts'
import { startsRequest, trackRequest } from '../kpi/tracker.ts'
import { EXISTS, withoutCounterparts } from '../notifications/counterparts.ts'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { durationOf, foldTimings, type Timing } from '../timing/foldTimings.ts'
import { foldImages, type ImageNotification } from '../usage/foldImages.ts'
import { foldLaunches, type Launch, launchEffect } from '../usage/foldLaunches.ts'
import { launchEvents, type RuleCounts } from './ruleCounts.ts'
import { shardOf } from './store.ts'

/** Counts the rules that a fold of these notifications applies. */
export function countSet(counts: RuleCounts, all: readonly InstanceNotification[], rules: Rules): void {
  const timings: Timing[] = []
  const counted: InstanceNotification[] = []
  for (const [instance, own] of byInstance(all)) {
    const remaining = withoutCounterparts(own)
    counts.count('counterpart: a versioned notification is left out', remaining.length < own.length)
    counts.count(
      'counterpart: a versioned notification without a classic one counts',
      remaining.some(({ versioned }) => versioned),
    )
    countOrder(counts, own)
    countLaunches(counts, remaining, rules)
    countUsage(counts, remaining)
    const fold = foldInstance(instance, FROM_THE_BEGINNING, own, rules)
    for (const timing of fold.timings) countTiming(counts, timing)
    countOperations(counts, remaining, fold)
    for (const { status } of fold.deletes) {
      counts.count('delete: soft', status === 'soft deleted')
      counts.count('delete: replaced by a later delete', status === 'replaced')
      counts.count('delete: restored', status === 'restored')
    }
    for (const { reported } of fold.launches) {
      counts.count('launch: its request reported several flavors', reported.instanceFlavorId.length > 1)
    }
    const requestOf = new Map(own.map(({ id, requestId }) => [id, requestId]))
    counts.count(
      'timing: a delete that ended in another request',
      fold.timings.some(({ end }) => end !== null && end.requestId !== requestOf.get(end.id)),
    )
    const otherRules = foldTimings([], remaining, rules === 'today' ? 'stacktach' : 'today')
    counts.count('timing: an end of another request', otherRules.length !== fold.timings.length)
    timings.push(...fold.timings)
    counted.push(...remaining)
  }
  countTrackers(counts, counted, timings, rules)
}

function countOrder(counts: RuleCounts, own: readonly InstanceNotification[]): void {
  const rank = (event: string) => (event.endsWith('.start') ? 'start' : event.endsWith('.end') ? 'end' : 'other')
  own.slice(1).forEach((notification, index) => {
    const before = own[index]
    if (before === undefined || before.when !== notification.when) return
    const [first, second] = [rank(before.event), rank(notification.event)]
    counts.count('order: a start before others of its microsecond', first === 'start' && second !== 'start')
    counts.count('order: an end after others of its microsecond', first !== 'end' && second === 'end')
    counts.count('order: the same microsecond, by event', first === second && before.event !== notification.event)
    counts.count('order: the same microsecond and event, by identity', before.event === notification.event)
  })
}

function countTiming(counts: RuleCounts, timing: Timing): void {
  const duration = durationOf(timing)
  counts.count('timing: an end closes its start', duration !== null)
  counts.count('timing: an end without a start', timing.start === null)
  counts.count('timing: a start without an end', timing.end === null)
  counts.count('timing: duration of zero', duration === 0)
}

/** An end before its start, because hosts' clocks differ, closes nothing: one timing has only the end, another only the start. */
function countSwapped(counts: RuleCounts, timings: readonly Timing[]): void {
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
  counts.count('timing: an end before its start', swapped)
}

function countLaunches(counts: RuleCounts, counted: readonly InstanceNotification[], rules: Rules): void {
  const launches = new Map<string, Launch>()
  for (const notification of counted) {
    const event = notification.event.replace('compute.instance.', '')
    counts.count('launch: unshelve.end, ignored by StackTach', event === 'unshelve.end' && rules === 'stacktach')
    if (launchEffect(notification, rules) === null) {
      counts.count('launch: create.end of a failed create', event === 'create.end')
      continue
    }
    for (const name of launchEvents) counts.count(`launch: ${name}`, event === name)
    const before = launches.get(notification.requestId)
    for (const [request, launch] of foldLaunches(launches, [notification], rules)) {
      launches.set(request, launch)
      const [previous, current] = [before?.launchedAt ?? null, launch.launchedAt]
      counts.count('launch: launched_at set', previous === null && current !== null)
      counts.count('launch: launched_at raised', previous !== null && current !== null && current > previous)
      counts.count(
        'launch: launched_at unchanged',
        previous !== null && current === previous && notification.facts?.launchedAt !== previous,
      )
      const [flavor, payloadFlavor] = [before?.instanceFlavorId ?? null, notification.facts?.instanceFlavorId]
      counts.count('launch: flavor set or filled', flavor === null && launch.instanceFlavorId !== null)
      counts.count('launch: flavor changed', flavor !== null && launch.instanceFlavorId !== flavor)
      counts.count(
        'launch: flavor unchanged',
        flavor !== null && launch.instanceFlavorId === flavor && payloadFlavor !== flavor,
      )
    }
  }
}

function countUsage(counts: RuleCounts, counted: readonly InstanceNotification[]): void {
  const keys = new Set<string>()
  for (const { event, facts, deploymentId, dedupKey } of counted) {
    if (event === 'compute.instance.delete.end') {
      const deletedAt = facts?.terminatedAt ?? facts?.deletedAt
      if (facts?.launchedAt === undefined || deletedAt === undefined) {
        counts.count('delete: without a launched_at or a deletion time')
        continue
      }
      counts.count(
        facts.terminatedAt === undefined ? 'delete: with its deleted_at only' : 'delete: with its terminated_at',
      )
      const key = `${facts.launchedAt} ${deletedAt}`
      counts.count('delete: repeated', keys.has(key))
      keys.add(key)
    } else if (event === EXISTS) {
      const hasLaunch = facts?.launchedAt !== undefined
      counts.count(hasLaunch ? 'exists: with a launched_at' : 'exists: without a launched_at')
      const key = `${deploymentId} ${dedupKey}`
      counts.count('exists: repeated message id', hasLaunch && keys.has(key))
      if (hasLaunch) keys.add(key)
    }
  }
}

function countOperations(
  counts: RuleCounts,
  counted: readonly InstanceNotification[],
  { operations, failures }: InstanceFold,
): void {
  for (const { name, outcome, attempts, end } of operations) {
    counts.count('operation: done', outcome === 'done')
    counts.count('operation: open', outcome === 'open')
    counts.count('operation: failed', outcome === 'failed')
    counts.count('operation: abandoned by a delete', outcome === 'abandoned')
    counts.count('operation: without a start', attempts[0]?.start === null)
    counts.count('operation: several attempts', attempts.length > 1)
    counts.count(
      'operation: an attempt without a reported end',
      attempts.slice(0, -1).some((attempt) => attempt.outcome === 'abandoned'),
    )
    counts.count(
      'operation: ended after an error',
      outcome === 'failed' && counted.some(({ event, when }) => event === `${name}.end` && when === end),
    )
    counts.count(
      'operation: a scheduling ended by its request',
      name.startsWith('scheduler.') &&
        outcome === 'done' &&
        !counted.some(({ event, when }) => event === `${name}.end` && when === attempts.at(-1)?.end),
    )
  }
  const eventOf = new Map(counted.map(({ id, event }) => [id, event]))
  for (const { notificationId, name } of failures) {
    const event = eventOf.get(notificationId)
    counts.count('failure: of the event of an operation', event === `${name}.error`)
    counts.count('failure: an operation of its own', event === name)
    counts.count('failure: of another event', event !== name && event?.endsWith('exception'))
    counts.count('failure: a create.end without a launch', event === 'compute.instance.create.end')
  }
  const failing = new Set(failures.map(({ notificationId }) => notificationId))
  counts.count(
    'failure: repeated, counts once',
    counted.some(({ id, facts }) => facts?.error !== undefined && !failing.has(id)),
  )
}

function countTrackers(
  counts: RuleCounts,
  counted: readonly InstanceNotification[],
  timings: readonly Timing[],
  rules: Rules,
): void {
  countSwapped(counts, timings)
  for (const id of new Set(counted.map(({ requestId }) => requestId).filter((id) => id !== ''))) {
    const own = sortByPosition(counted.filter(({ requestId }) => requestId === id))
    const instances = new Set(own.map(({ instance }) => instance))
    counts.count('tracker: the request spans instances', instances.size > 1)
    counts.count('tracker: the request spans shards', new Set([...instances].map(shardOf)).size > 1)
    const starts = own.filter((notification) => startsRequest(notification, rules))
    counts.count('tracker: several possible starts, the first counts', starts.length > 1)
    const ends = timings.flatMap(({ name, instance, start, end }) =>
      start && end?.requestId === id ? [{ timingId: start.id, name, instance, ...end }] : [],
    )
    const latest = Math.max(...ends.map(({ when }) => when))
    const last = ends.filter(({ when }) => when === latest)
    const tracker = trackRequest(id, starts[0] ?? null, last)
    if (tracker === null) {
      counts.count('tracker: none, because nothing starts the request')
      continue
    }
    counts.count(tracker.last === null ? 'tracker: without an end' : 'tracker: with an end')
    counts.count('tracker: its latest end is before its start', tracker.last === null && last.length > 0)
    counts.count('tracker: ends in the same microsecond', last.length > 1)
  }
}

/** Counts the rules that a fold of these image notifications applies. */
export function countImages(counts: RuleCounts, all: readonly ImageNotification[]): void {
  const fold = foldImages(all, 'today')
  counts.count('image: usage', fold.usages.length > 0)
  counts.count(
    'image: usage without an activation',
    fold.usages.some(({ priority }) => priority < 0),
  )
  counts.count('image: delete', fold.deletes.length > 0)
  counts.count('image: exists', fold.exists.length > 0)
  const folds = all.map((notification) => foldImages([notification], 'today'))
  const rows = folds.flatMap(({ usages, deletes, exists }) => [...usages, ...deletes, ...exists])
  counts.count(
    'image: repeated, the later notification counts',
    rows.length > fold.usages.length + fold.deletes.length + fold.exists.length,
  )
  counts.count(
    'image: without the time of its row',
    folds.some(({ usages, deletes, exists }) => usages.length + deletes.length + exists.length === 0),
  )
}
