import type { Micros } from '../core/time.ts'
import type { Deployment } from './deployment.ts'

/** An image in glance. */
export type GlanceImage = {
  readonly id: string
  readonly deployment: Deployment
  readonly owner: string
  readonly createdAt: Micros
  readonly minDisk: number
  name: string
  properties: Readonly<Record<string, string>>
  tags: readonly string[]
  status: 'queued' | 'saving' | 'importing' | 'active' | 'deleted'
  updatedAt: Micros
  deletedAt: Micros | null
  /** Bytes; null until the upload is complete. */
  size: number | null
  checksum: string | null
}
