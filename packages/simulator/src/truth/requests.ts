import type { Micros } from '../core/time.ts'
import type { SentNotification } from './sentNotification.ts'
import type { RequestInstanceTruth, RequestTruth, TrackerTruth } from './truth.ts'

type RequestRecord = {
  notifications: number
  instances: Map<string, RequestInstanceTruth>
  start: Micros | null
  end: Micros | null
  event: string | null
  instance: string | null
  deployment: string | null
}

/** Records the ground truth about requests. */
export type RequestRecorder = {
  /** Records a nova notification. @param completedTiming the name of the timing that it completed, else null */
  record(sent: SentNotification, completedTiming: string | null): void
  read(): Record<string, RequestTruth>
}

function trackerOf({ start, end, event, instance, deployment }: RequestRecord): TrackerTruth | null {
  if (start === null) return null
  return { start, end, duration: end === null ? null : end - start, event, instance, deployment }
}

/** Whether the request has left the instance in state error after `sent`. */
function inError(previous: boolean, { notification }: SentNotification): boolean {
  const { state, oldState } = notification.facts
  if (oldState === undefined || oldState === state) return previous
  if (state === 'error') return true
  return oldState === 'error' && state !== 'deleted' ? false : previous
}

function recordInstance(instances: Map<string, RequestInstanceTruth>, sent: SentNotification): void {
  const { notification, rendering, when } = sent
  const { instance, facts } = notification
  if (instance === null || !rendering.hasInstance || !sent.counts || facts.exists !== undefined) return
  const existing = instances.get(instance.uuid)
  const first = existing?.first ?? when
  const codes = existing?.errorCodes ?? []
  const code = sent.form === 'versioned' ? null : (facts.errorCode ?? null)
  instances.set(instance.uuid, {
    first,
    last: when,
    duration: when - first,
    errorCodes: notification.priority === 'ERROR' ? [...codes, code] : codes,
    stateError: inError(existing?.stateError ?? false, sent),
  })
}

function emptyRecord(start: Micros | null): RequestRecord {
  return { notifications: 0, instances: new Map(), start, end: null, event: null, instance: null, deployment: null }
}

/** Creates an empty recorder. */
export function createRequestRecorder(): RequestRecorder {
  const records = new Map<string, RequestRecord>()
  return {
    record: (sent, completedTiming) => {
      const { notification, when } = sent
      if (notification.request === null) return
      const { id, user } = notification.request
      const record = records.get(id) ?? emptyRecord(user === null ? null : when)
      records.set(id, record)
      record.notifications += 1
      recordInstance(record.instances, sent)
      // Scheduling is a part of a request, not its end.
      if (completedTiming === null || completedTiming.startsWith('scheduler.')) return
      const ended = records.get(notification.facts.continues?.id ?? id) ?? record
      ended.end = when
      ended.event = completedTiming
      ended.instance = notification.instance?.uuid ?? null
      ended.deployment = notification.deployment.name
    },
    read: () =>
      Object.fromEntries(
        [...records].map(([id, record]) => [
          id,
          {
            notifications: record.notifications,
            instances: Object.fromEntries(record.instances),
            tracker: trackerOf(record),
          },
        ]),
      ),
  }
}
