import { type ExistsCount, verifierCounts } from './verifierCounts.ts'

/** Input of the glance audit. */
export interface GlanceUsage {
  /** Exists whose audit period has the report's length. */
  exists: ExistsCount[]
  existsFailures: { id: number; reason: string | null }[]
  newImages: number
  oldImages: number
  /** New images without an exists in the period. */
  imagesWithoutExists: { id: number; uuid: string }[]
}

/** StackTach's `glance usage audit`: compares glance's exists with the created images. */
export const glanceUsageAudit = {
  name: 'glance usage audit',
  version: 6,
  shape: (usage: GlanceUsage): unknown[] => {
    const { send_status_rec: _, reconciled: __, ...exists } = verifierCounts(usage.exists)
    return [
      {
        summary: {
          verifier: { exists },
          image_summary: {
            new_images: usage.newImages,
            old_images: usage.oldImages,
            failures: usage.imagesWithoutExists.length,
          },
        },
      },
      ['Object', 'ID', 'Error Description'],
      ...usage.existsFailures.map(({ id, reason }) => ['Exist', id, reason]),
      ...usage.imagesWithoutExists.map(({ id, uuid }) => ['Usage', id, `No exists for usage (${uuid})`]),
    ]
  },
}
