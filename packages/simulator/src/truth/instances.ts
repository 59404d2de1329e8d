import type { ExistsFact, Notification } from '../notifications/notification.ts'
import type { Micros } from '../core/time.ts'
import type { DeleteTruth, InstanceTruth, LaunchTruth } from './truth.ts'
import type { Instance } from '../world/instance.ts'
import type { SentNotification } from './sentNotification.ts'
import { deleteOf, existsOf, launchAfter, type SentExists } from './usage.ts'
import { duplicatesOf, plantedFault, verdictOf } from './verdict.ts'

type Timing = { name: string; requestId: string; start: Micros | null; end: Micros | null }

type Exists = { told: SentExists; form: SentNotification['form']; fact: ExistsFact }

type Page = {
  instance: Instance
  notifications: number
  lastEvent: string
  lastWhen: Micros
  lastState: string
  lastOldTask: string | null
  launches: Map<string, LaunchTruth>
  delete: DeleteTruth | null
  exists: Exists[]
  timings: Timing[]
  /** Where in `exists` the one of a notice is that may yet get a twin. */
  twinless: Map<Notification, number>
}

/** The pages of all instances. */
export type InstanceRecorder = {
  /** Writes a message down; returns the timing's name when it closed one that had a start. */
  record(sent: SentNotification): string | null
  read(): Record<string, InstanceTruth>
}

function open(instance: Instance): Page {
  return {
    instance,
    notifications: 0,
    lastEvent: '',
    lastWhen: 0,
    lastState: '',
    lastOldTask: '',
    launches: new Map(),
    delete: null,
    exists: [],
    timings: [],
    twinless: new Map(),
  }
}

function recordTiming(page: Page, sent: SentNotification, requestId: string): string | null {
  const { phase } = sent.notice.facts
  if (phase === null) return null
  const name = sent.rendering.known.slice(0, -phase.length - 1)
  if (phase === 'start') {
    page.timings.push({ name, requestId, start: sent.when, end: null })
    return null
  }
  // Several starts of one request, as after a reschedule: the end belongs to the first of them.
  const started = page.timings.find((t) => t.name === name && t.requestId === requestId && t.end === null)
  if (started === undefined) {
    page.timings.push({ name, requestId, start: null, end: sent.when })
    return null
  }
  started.end = sent.when
  return name
}

function recordUsage(page: Page, sent: SentNotification, requestId: string): void {
  const { launch, ended, exists } = sent.notice.facts
  if (launch !== undefined) {
    page.launches.set(requestId, launchAfter(page.launches.get(requestId), sent, page.instance, launch))
  }
  if (ended !== undefined) page.delete = deleteOf(sent, ended)
  if (exists !== undefined) {
    page.twinless.set(sent.notice, page.exists.length)
    page.exists.push({ told: existsOf(sent, exists), form: sent.form, fact: exists })
  }
}

/** A twin adds nothing to an exists but its own message id. */
function recordTwin(page: Page, sent: SentNotification): void {
  const index = page.twinless.get(sent.notice)
  if (index === undefined) return
  page.twinless.delete(sent.notice)
  const exists = page.exists[index]
  if (exists !== undefined) exists.told = { ...exists.told, counterpartMessageId: sent.messageId }
}

function truthOf(page: Page): InstanceTruth {
  const duplicates = duplicatesOf(page.exists.map(({ told }) => told))
  return {
    deployment: page.instance.deployment.name,
    tenant: page.instance.tenant.id,
    notifications: page.notifications,
    lastEvent: page.lastEvent,
    lastWhen: page.lastWhen,
    lastState: page.lastState,
    lastOldTask: page.lastOldTask,
    launches: [...page.launches.values()],
    delete: page.delete,
    exists: page.exists.map(({ told, form, fact }, i) => ({
      ...told,
      verdict: verdictOf(form, page.instance, fact),
      duplicates: duplicates[i] ?? [],
    })),
    timings: page.timings.map((t) => ({
      ...t,
      duration: t.start === null || t.end === null ? null : t.end - t.start,
    })),
    planted: plantedFault(page.instance),
  }
}

/** An empty book of instances; `twins` says whether every exists will be sent twice. */
export function createInstanceRecorder(twins: boolean): InstanceRecorder {
  const pages = new Map<string, Page>()
  return {
    record: (sent) => {
      const { instance, request, facts } = sent.notice
      if (instance === null || !sent.rendering.hasInstance) return null
      const page = pages.get(instance.uuid) ?? open(instance)
      pages.set(instance.uuid, page)
      page.notifications += 1
      if (!sent.counts) {
        recordTwin(page, sent)
        return null
      }
      page.lastEvent = sent.rendering.known
      page.lastWhen = sent.when
      page.lastState = facts.state
      page.lastOldTask = facts.oldTask
      const requestId = request?.id ?? ''
      recordUsage(page, sent, requestId)
      if (!twins) page.twinless.clear()
      return recordTiming(page, sent, requestId)
    },
    read: () => Object.fromEntries([...pages].map(([uuid, page]) => [uuid, truthOf(page)])),
  }
}
