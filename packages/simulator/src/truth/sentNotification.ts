import type { Micros } from '../core/time.ts'
import type { Form, Notification, Rendering } from '../notifications/notification.ts'

/** A notification that the cloud has sent in one form. */
export type SentNotification = {
  readonly notification: Notification
  readonly form: Form
  readonly rendering: Rendering
  /** False for the versioned counterpart of a classic notification, which is counted already. */
  readonly counts: boolean
  readonly when: Micros
  readonly messageId: string
}
