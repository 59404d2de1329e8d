import type { Micros } from '../core/time.ts'
import type { Deletion, ExistsFact, Form, Notification } from '../notifications/notification.ts'
import type { Instance } from '../world/instance.ts'
import type { SentNotification } from './sentNotification.ts'
import type { DeleteTruth, InstanceTruth, LaunchTruth } from './truth.ts'
import { deleteTruth, existsTruth, launchAfter, type SentExists } from './usage.ts'
import { usagePeriodsOf } from './usagePeriods.ts'
import { duplicatesOf, isMixed, plantedFault, verdictOf } from './verdict.ts'

type Timing = { name: string; requestId: string; start: Micros | null; end: Micros | null }

type Exists = { sent: SentExists; form: Form; fact: ExistsFact }

type InstanceRecord = {
  instance: Instance
  notifications: number
  lastEvent: string
  lastWhen: Micros
  lastState: string
  lastOldTask: string | null
  launches: Map<string, LaunchTruth>
  launchForms: Map<string, Form>
  /** Every delete that was sent, in order. */
  deletions: { form: Form; deletion: Deletion }[]
  delete: DeleteTruth | null
  exists: Exists[]
  timings: Timing[]
  /** Exists whose versioned counterpart is still to be sent: the index in `exists`. */
  awaitingCounterpart: Map<Notification, number>
}

/** Records the ground truth about instances. */
export type InstanceRecorder = {
  /** Returns the name of the timing that the notification completed, null if it completed none. */
  record(sent: SentNotification): string | null
  read(): Record<string, InstanceTruth>
}

function emptyRecord(instance: Instance): InstanceRecord {
  return {
    instance,
    notifications: 0,
    lastEvent: '',
    lastWhen: 0,
    lastState: '',
    lastOldTask: '',
    launches: new Map(),
    launchForms: new Map(),
    deletions: [],
    delete: null,
    exists: [],
    timings: [],
    awaitingCounterpart: new Map(),
  }
}

function recordTiming(record: InstanceRecord, sent: SentNotification, requestId: string): string | null {
  const { phase, continues } = sent.notification.facts
  if (phase === null) return null
  const startId = continues?.id ?? requestId
  const name = sent.rendering.storedEvent.slice(0, -phase.length - 1)
  if (phase === 'start') {
    record.timings.push({ name, requestId, start: sent.when, end: null })
    return null
  }
  // If a request has several starts, as after a reschedule, the end belongs to the first of them.
  const open = record.timings.find((t) => t.name === name && t.requestId === startId && t.end === null)
  if (open === undefined) {
    record.timings.push({ name, requestId, start: null, end: sent.when })
    return null
  }
  open.end = sent.when
  return name
}

function recordUsage(record: InstanceRecord, sent: SentNotification, requestId: string): void {
  const { launch, deletion, restored, exists } = sent.notification.facts
  if (launch !== undefined) {
    record.launchForms.set(requestId, sent.form)
    record.launches.set(requestId, launchAfter(record.launches.get(requestId), sent, record.instance, launch))
  }
  if (deletion !== undefined) {
    record.deletions.push({ form: sent.form, deletion })
    record.delete = deleteTruth(sent, deletion)
  }
  if (restored === true) record.delete = null
  if (exists !== undefined) {
    record.awaitingCounterpart.set(sent.notification, record.exists.length)
    record.exists.push({ sent: existsTruth(sent, exists), form: sent.form, fact: exists })
  }
}

/** A versioned counterpart adds only its message id to the exists. */
function recordCounterpart(record: InstanceRecord, sent: SentNotification): void {
  const index = record.awaitingCounterpart.get(sent.notification)
  if (index === undefined) return
  record.awaitingCounterpart.delete(sent.notification)
  const exists = record.exists[index]
  if (exists !== undefined) exists.sent = { ...exists.sent, counterpartMessageId: sent.messageId }
}

function truthOf(record: InstanceRecord): InstanceTruth {
  const duplicates = duplicatesOf(record.exists.map(({ sent }) => sent))
  const exists = record.exists.map(({ sent, form, fact }, i) => ({
    ...sent,
    mixed: isMixed(form, fact),
    verdict: verdictOf(form, fact, record),
    duplicates: duplicates[i] ?? [],
  }))
  return {
    deployment: record.instance.deployment.name,
    tenant: record.instance.tenant.id,
    notifications: record.notifications,
    lastEvent: record.lastEvent,
    lastWhen: record.lastWhen,
    lastState: record.lastState,
    lastOldTask: record.lastOldTask,
    launches: [...record.launches.values()],
    delete: record.delete,
    exists,
    usage: usagePeriodsOf(record.instance, exists),
    timings: record.timings.map((t) => ({
      ...t,
      duration: t.start === null || t.end === null ? null : t.end - t.start,
    })),
    planted: plantedFault(record.instance),
  }
}

/** Creates an empty recorder. @param counterparts whether every exists is sent in both forms */
export function createInstanceRecorder(counterparts: boolean): InstanceRecorder {
  const records = new Map<string, InstanceRecord>()
  return {
    record: (sent) => {
      const { instance, request, facts } = sent.notification
      if (instance === null || !sent.rendering.hasInstance) return null
      const record = records.get(instance.uuid) ?? emptyRecord(instance)
      records.set(instance.uuid, record)
      record.notifications += 1
      if (!sent.counts) {
        recordCounterpart(record, sent)
        return null
      }
      record.lastEvent = sent.rendering.storedEvent
      record.lastWhen = sent.when
      record.lastState = facts.state
      record.lastOldTask = facts.oldTask
      const requestId = request?.id ?? ''
      recordUsage(record, sent, requestId)
      if (!counterparts) record.awaitingCounterpart.clear()
      return recordTiming(record, sent, requestId)
    },
    read: () => Object.fromEntries([...records].map(([uuid, record]) => [uuid, truthOf(record)])),
  }
}
