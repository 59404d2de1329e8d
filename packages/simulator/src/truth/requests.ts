import type { Micros } from '../core/time.ts'
import type { RequestInstanceTruth, RequestTruth, TrackerTruth } from './truth.ts'
import type { SentNotification } from './sentNotification.ts'

type Page = {
  notifications: number
  pairs: Map<string, RequestInstanceTruth>
  start: Micros | null
  end: Micros | null
  event: string | null
  instance: string | null
  deployment: string | null
}

/** The pages of all requests. */
export type RequestRecorder = {
  /** Writes a nova message down; `closed` is the name of the timing that it closed, if it did. */
  record(sent: SentNotification, closed: string | null): void
  read(): Record<string, RequestTruth>
}

function trackerOf({ start, end, event, instance, deployment }: Page): TrackerTruth | null {
  if (start === null) return null
  return { start, end, duration: end === null ? null : end - start, event, instance, deployment }
}

/** Whether the instance is in error by the request, once `sent` is out. */
function inError(before: boolean, { notice }: SentNotification): boolean {
  const { state, oldState } = notice.facts
  if (oldState === undefined || oldState === state) return before
  if (state === 'error') return true
  return oldState === 'error' && state !== 'deleted' ? false : before
}

function recordPair(pairs: Map<string, RequestInstanceTruth>, sent: SentNotification): void {
  const { notice, rendering, when } = sent
  if (notice.instance === null || !rendering.hasInstance || !sent.counts || notice.facts.exists !== undefined) return
  const { uuid } = notice.instance
  const known = pairs.get(uuid)
  const first = known?.first ?? when
  const codes = known?.errorCodes ?? []
  const code = sent.form === 'versioned' ? null : (notice.facts.errorCode ?? null)
  pairs.set(uuid, {
    first,
    last: when,
    duration: when - first,
    errorCodes: notice.priority === 'ERROR' ? [...codes, code] : codes,
    stateError: inError(known?.stateError ?? false, sent),
  })
}

/** An empty book of requests. */
export function createRequestRecorder(): RequestRecorder {
  const pages = new Map<string, Page>()
  return {
    record: (sent, closed) => {
      const { notice, when } = sent
      if (notice.request === null) return
      const { id, user } = notice.request
      const page = pages.get(id) ?? {
        notifications: 0,
        pairs: new Map(),
        start: user === null ? null : when,
        end: null,
        event: null,
        instance: null,
        deployment: null,
      }
      pages.set(id, page)
      page.notifications += 1
      recordPair(page.pairs, sent)
      if (closed === null) return
      page.end = when
      page.event = closed
      page.instance = notice.instance?.uuid ?? null
      page.deployment = notice.deployment.name
    },
    read: () =>
      Object.fromEntries(
        [...pages].map(([id, page]) => [
          id,
          { notifications: page.notifications, instances: Object.fromEntries(page.pairs), tracker: trackerOf(page) },
        ]),
      ),
  }
}
