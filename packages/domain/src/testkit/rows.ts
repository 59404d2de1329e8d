import { FROM_THE_BEGINNING, foldInstance, type InstanceFold } from '../instance/foldInstance.ts'
import { byInstance } from '../instance/plan.ts'
import { type ClosingEnd, endsRequest, type RequestStart, startsRequest, trackRequest } from '../kpi/tracker.ts'
import {
  comparePositions,
  type InstanceNotification,
  positionOf,
  sortByPosition,
} from '../notifications/instanceNotification.ts'
import type { Operation } from '../operations/operation.ts'
import type { Rules } from '../rules.ts'
import type { Timing } from '../timing/foldTimings.ts'
import type { InstanceDelete } from '../usage/deletes.ts'

/** Rows as JSON, by table and natural key. */
export type Rows = ReadonlyMap<string, string>

/** The rows of a fold by their natural keys. A row keeps its id as long as its key exists. */
export function keyedRows(fold: InstanceFold): [string, unknown][] {
  return [
    [`lifecycle ${fold.instance}`, fold.lifecycle],
    ...fold.timings.map((row): [string, unknown] => [timingKey(row), row]),
    ...fold.launches.map((row): [string, unknown] => [`launch ${row.instance} ${row.requestId}`, row]),
    ...fold.deletes.map((row): [string, unknown] => [deleteKey(row), row]),
    ...fold.exists.map((row): [string, unknown] => [`exists ${row.instance} ${row.deploymentId} ${row.dedupKey}`, row]),
    ...fold.operations.map((row): [string, unknown] => [operationKey(row), row]),
    ...fold.failures.map((row): [string, unknown] => [`failure ${row.instance} ${row.notificationId}`, row]),
  ]
}

/** The natural key of a timing. */
export function timingKey({ instance, start, end }: Timing): string {
  return `timing ${instance} ${(start ?? end)?.id}`
}

/** The natural key of a delete. */
export function deleteKey({ instance, launchedAt, deletedAt }: InstanceDelete): string {
  return `delete ${instance} ${launchedAt} ${deletedAt}`
}

/** The natural key of an operation. */
export function operationKey({ instance, notificationId }: Operation): string {
  return `operation ${instance} ${notificationId}`
}

/** The earliest notification that can start a request; null if none can. */
export function requestStart(requestId: string, stored: readonly InstanceNotification[], rules: Rules) {
  const own = stored.filter((notification) => notification.requestId === requestId)
  const classic = new Set(
    own.filter(({ versioned }) => !versioned).map(({ instance, event }) => `${instance} ${event}`),
  )
  const starts = own
    .filter(
      (notification) =>
        startsRequest(notification, rules) &&
        !(notification.versioned && classic.has(`${notification.instance} ${notification.event}`)),
    )
    .sort((a, b) => comparePositions(positionOf(a), positionOf(b)))
  return starts[0] ?? null
}

/** The tracker of a request over all instances: from its start to the latest end of its timings. */
export function trackerOf(requestId: string, start: RequestStart | null, timings: Iterable<Timing>, rules: Rules) {
  const ends = [...timings].flatMap(({ name, instance, start, end }): ClosingEnd[] =>
    start && end?.requestId === requestId && endsRequest(name, rules)
      ? [{ timingId: start.id, name, instance, ...end }]
      : [],
  )
  const latest = Math.max(...ends.map(({ when }) => when))
  const last = ends.filter(({ when }) => when === latest)
  return trackRequest(requestId, start, last)
}

/** All rows of a set of notifications: each instance is folded once, in order, from its beginning. */
export function foldAtOnce(notifications: readonly InstanceNotification[], rules: Rules): Rows {
  const folds = [...byInstance(sortByPosition(notifications))].map(([instance, own]) =>
    foldInstance(instance, FROM_THE_BEGINNING, own, rules),
  )
  const timings = folds.flatMap((fold) => fold.timings)
  const requests = new Set(notifications.map(({ requestId }) => requestId).filter((id) => id !== ''))
  const trackers = [...requests].flatMap((id): [string, unknown][] => {
    const tracker = trackerOf(id, requestStart(id, notifications, rules), timings, rules)
    return tracker === null ? [] : [[`tracker ${id}`, tracker]]
  })
  return serialize([...folds.flatMap(keyedRows), ...trackers])
}

function serialize(rows: Iterable<[string, unknown]>): Rows {
  return new Map([...rows].map(([key, row]): [string, string] => [key, JSON.stringify(row)]))
}

/**
 * The rows that are not equal, as `key: actual, not expected`. The random tests compare millions of rows: Jest's toEqual
 * would need several times as long.
 */
export function differentRows(actual: Rows, expected: Rows): string[] {
  return [...new Set([...actual.keys(), ...expected.keys()])]
    .filter((key) => actual.get(key) !== expected.get(key))
    .map((key) => `${key}: ${actual.get(key)}, not ${expected.get(key)}`)
}
