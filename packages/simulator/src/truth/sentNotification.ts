import type { Notification, Rendering } from '../notifications/notification.ts'
import type { Micros } from '../core/time.ts'

/** A message that has left the cloud. */
export type SentNotification = {
  readonly notice: Notification
  readonly form: 'classic' | 'versioned'
  readonly rendering: Rendering
  /** False for a versioned twin: its classic one already counted. */
  readonly counts: boolean
  readonly when: Micros
  readonly messageId: string
}
