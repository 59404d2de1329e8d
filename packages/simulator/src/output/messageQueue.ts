import type { Settings } from '../core/options.ts'
import type { Random } from '../core/random.ts'
import type { Micros } from '../core/time.ts'
import { createTimeQueue } from '../core/timeQueue.ts'
import type { Notification, Rendering } from '../notifications/notification.ts'
import type { TruthRecorder } from '../truth/recorder.ts'
import type { SentNotification } from '../truth/sentNotification.ts'
import { createDraft, type Draft, type SimulatedMessage, toMessage } from './message.ts'

/** Orders the cloud's notifications by time and converts them to messages. */
export type MessageQueue = {
  /** @param random draws what this notification alone needs; by default the queue's own */
  enqueue(notification: Notification, now: Micros, random?: Random): void
  /** Removes all messages before `until` (microseconds) and records them in the ground truth. */
  dequeueUntil(until: Micros): Generator<SimulatedMessage, void, void>
}

type Entry = { sent: SentNotification; draft: Draft; random: Random; suppressed: boolean }

/** How a cloud sends its notifications. */
type Sending = Settings & {
  /** When nova switches to versioned notifications, unless it sends them already; microseconds. */
  readonly switchAt: Micros
}

/** The forms in which the cloud sends the notification; glance has only the classic one. */
function formsOf(
  notification: Notification,
  { format, switchAt }: Sending,
): { classic: Rendering | null; versioned: Rendering | null } {
  // A request keeps the format that nova had when the request arrived.
  const switched = format !== 'both' && (notification.request?.at ?? 0) >= switchAt
  const onlyVersioned = format === 'versioned' || switched
  return {
    classic: notification.exchange === 'nova' && onlyVersioned ? null : notification.classic,
    versioned: onlyVersioned || format === 'both' ? notification.versioned : null,
  }
}

/**
 * Assigns a distinct time to each notification and counterpart. Notifications get even microseconds and counterparts
 * odd ones: no two messages have the same time, and the notifications have the same times in every format.
 */
function createTimes() {
  const counterpartTimes = new Set<Micros>()
  let last: Micros = 0
  return {
    notification(now: Micros): Micros {
      last = Math.max(now + (now % 2), last + 2)
      return last
    },
    counterpart({ instance }: Notification, when: Micros, random: Random): Micros {
      const delay = 3000 + Math.round(117_000 * random.next() ** 5)
      const earliest = Math.max(when + delay, (instance?.lastCounterpartAt ?? 0) + 2)
      let at = earliest + (1 - (earliest % 2))
      while (counterpartTimes.has(at)) at += 2
      counterpartTimes.add(at)
      if (instance !== null) instance.lastCounterpartAt = at
      return at
    },
    /** Forgets the time of a message that was sent. */
    release(at: Micros): void {
      counterpartTimes.delete(at)
    },
  }
}

/**
 * Creates an empty queue. Suppressed notifications are drafted too, so that the other messages do not depend on them.
 *
 * @param queueRandom not used elsewhere: what it draws must not change what happens in the cloud
 * @param suppresses whether a notification is never sent
 */
export function createMessageQueue(
  settings: Sending,
  queueRandom: Random,
  recorder: TruthRecorder,
  suppresses: (notification: Notification) => boolean,
): MessageQueue {
  const queue = createTimeQueue<Entry>()
  const times = createTimes()

  const push = (sent: Omit<SentNotification, 'messageId'>, random: Random, suppressed: boolean): void => {
    const draft = createDraft(sent.notification, sent.form, sent.rendering, sent.when, random)
    queue.push(sent.when, { sent: { ...sent, messageId: draft.messageId }, draft, random, suppressed })
  }

  return {
    enqueue: (notification, now, random = queueRandom) => {
      const suppressed = suppresses(notification)
      const { classic, versioned } = formsOf(notification, settings)
      const when = times.notification(now)
      if (classic !== null) {
        push({ notification, form: 'classic', rendering: classic, counts: true, when }, random, suppressed)
      }
      if (versioned === null) return
      const isCounterpart = classic?.hasInstance === true && classic.storedEvent === versioned.storedEvent
      const at = settings.format === 'both' ? times.counterpart(notification, when, random) : when
      push(
        { notification, form: 'versioned', rendering: versioned, counts: !isCounterpart, when: at },
        random,
        suppressed,
      )
    },
    *dequeueUntil(until) {
      while (queue.nextAt() < until) {
        const entry = queue.pop()
        if (entry === undefined) return
        const { sent, draft, random, suppressed } = entry
        times.release(sent.when)
        const duplicateId = random.chance(settings.duplicates) ? random.hex(4) : null
        if (suppressed) continue
        recorder.record(sent)
        yield toMessage(sent.notification, draft, null, settings)
        if (duplicateId === null) continue
        const body = { ...draft.body, _unique_id: duplicateId }
        recorder.recordDuplicate(sent)
        yield toMessage(sent.notification, { ...draft, body }, 'monitor', settings)
      }
    },
  }
}
