import type { Notice, Rendering } from '../notice.ts'
import type { Micros } from '../time.ts'

/** A message that has left the cloud. */
export type Sent = {
  readonly notice: Notice
  readonly form: 'classic' | 'versioned'
  readonly rendering: Rendering
  /** False for a versioned twin: its classic one already counted. */
  readonly counts: boolean
  readonly when: Micros
  readonly messageId: string
}
