import type { TruthRecorder } from '../truth/recorder.ts'
import type { SentNotification } from '../truth/sentNotification.ts'
import type { Notification, Rendering } from '../notifications/notification.ts'
import type { Settings } from '../core/options.ts'
import { createTimeQueue } from '../core/timeQueue.ts'
import type { Random } from '../core/random.ts'
import type { Micros } from '../core/time.ts'
import { type Draft, draft, message, type SimulatedMessage } from './message.ts'

/** Takes what the cloud tells and gives it out as messages, in order of time. */
export type MessageQueue = {
  /** `random` draws what this notice alone needs; the outbox's own when left out. */
  put(notice: Notification, now: Micros, random?: Random): void
  /** Everything that is due before `until` (microseconds); what is given out is true from then on. */
  take(until: Micros): Generator<SimulatedMessage, void, void>
}

type Entry = { sent: SentNotification; draft: Draft; random: Random; withheld: boolean }

/** Which forms of a notice a cloud of this format sends; glance and others know only the classic one. */
function formsOf(notice: Notification, settings: Settings): { classic: Rendering | null; versioned: Rendering | null } {
  const { format } = settings
  return {
    classic: notice.exchange === 'nova' && format === 'versioned' ? null : notice.classic,
    versioned: format === 'versioned' || format === 'both' ? notice.versioned : null,
  }
}

/**
 * An empty outbox. `own` random is its own: what it draws must not change what happens in the cloud. What it `withholds`
 * is drafted all the same, so that the other messages are the same with and without it.
 */
export function createMessageQueue(
  settings: Settings,
  own: Random,
  book: TruthRecorder,
  withholds: (notice: Notification) => boolean,
): MessageQueue {
  const queue = createTimeQueue<Entry>()
  const twins = new Set<Micros>()
  let last: Micros = 0

  // Notices have even microseconds and twins odd ones, so that no two are sent at the same time and the times of the
  // notices are the same in every format.
  const noticeTime = (now: Micros): Micros => {
    last = Math.max(now + (now % 2), last + 2)
    return last
  }
  const twinTime = (notice: Notification, when: Micros, random: Random): Micros => {
    const delay = 3000 + Math.round(117_000 * random.next() ** 5)
    const wanted = Math.max(when + delay, (notice.instance?.lastCounterpartAt ?? 0) + 2)
    let at = wanted + (1 - (wanted % 2))
    while (twins.has(at)) at += 2
    twins.add(at)
    if (notice.instance !== null) notice.instance.lastCounterpartAt = at
    return at
  }
  const push = (sent: Omit<SentNotification, 'messageId'>, random: Random, withheld: boolean): void => {
    const drafted = draft(sent.notice, sent.form, sent.rendering, sent.when, random)
    queue.push(sent.when, { sent: { ...sent, messageId: drafted.messageId }, draft: drafted, random, withheld })
  }

  return {
    put: (notice, now, random = own) => {
      const withheld = withholds(notice)
      const { classic, versioned } = formsOf(notice, settings)
      const when = noticeTime(now)
      if (classic !== null) push({ notice, form: 'classic', rendering: classic, counts: true, when }, random, withheld)
      if (versioned === null) return
      const twin = classic?.hasInstance === true && classic.known === versioned.known
      const at = settings.format === 'both' ? twinTime(notice, when, random) : when
      push({ notice, form: 'versioned', rendering: versioned, counts: !twin, when: at }, random, withheld)
    },
    *take(until) {
      while (queue.nextAt() < until) {
        const entry = queue.pop()
        if (entry === undefined) return
        const { sent, draft: drafted, random, withheld } = entry
        twins.delete(sent.when)
        const uniqueId = random.chance(settings.duplicates) ? random.hex(4) : null
        if (withheld) continue
        book.record(sent)
        yield message(sent.notice, drafted, null, settings.format)
        if (uniqueId === null) continue
        const notification = { ...drafted.notification, _unique_id: uniqueId }
        book.recordDuplicate(sent)
        yield message(sent.notice, { ...drafted, notification }, 'monitor', settings.format)
      }
    },
  }
}
