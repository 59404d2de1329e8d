import type { Micros } from '../time.ts'
import type { RequestTruth, TrackerTruth } from '../truth.ts'
import type { Sent } from './sent.ts'

type Page = {
  notifications: number
  start: Micros | null
  end: Micros | null
  event: string | null
  instance: string | null
  deployment: string | null
}

/** The pages of all requests. */
export type RequestBook = {
  /** Writes a nova message down; `closed` is the name of the timing that it closed, if it did. */
  record(sent: Sent, closed: string | null): void
  read(): Record<string, RequestTruth>
}

function trackerOf({ start, end, event, instance, deployment }: Page): TrackerTruth | null {
  if (start === null) return null
  return { start, end, duration: end === null ? null : end - start, event, instance, deployment }
}

/** An empty book of requests. */
export function createRequestBook(): RequestBook {
  const pages = new Map<string, Page>()
  return {
    record: ({ notice, when }, closed) => {
      if (notice.request === null) return
      const { id, user } = notice.request
      const page = pages.get(id) ?? {
        notifications: 0,
        start: user === null ? null : when,
        end: null,
        event: null,
        instance: null,
        deployment: null,
      }
      pages.set(id, page)
      page.notifications += 1
      if (closed === null) return
      page.end = when
      page.event = closed
      page.instance = notice.instance?.uuid ?? null
      page.deployment = notice.deployment.name
    },
    read: () =>
      Object.fromEntries(
        [...pages].map(([id, page]) => [id, { notifications: page.notifications, tracker: trackerOf(page) }]),
      ),
  }
}
