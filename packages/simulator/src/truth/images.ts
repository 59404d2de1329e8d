import type { SentNotification } from './sentNotification.ts'
import type { ImageTruth } from './truth.ts'

/** Records the ground truth about images. */
export type ImageRecorder = {
  record(sent: SentNotification): void
  read(): Record<string, ImageTruth>
}

/** Creates an empty recorder. */
export function createImageRecorder(): ImageRecorder {
  const images = new Map<string, ImageTruth>()
  const update = (uuid: string, changes: Partial<ImageTruth>): void => {
    images.set(uuid, { ...(images.get(uuid) ?? { usage: null, delete: null, exists: [] }), ...changes })
  }
  return {
    record: ({ notification, messageId }) => {
      const { imageUsage, imageDelete, imageExists } = notification.facts
      if (imageUsage !== undefined) {
        const { uuid, createdAt, owner, size } = imageUsage
        update(uuid, { usage: { createdAt, owner, size } })
      }
      if (imageDelete !== undefined && imageDelete.deletedAt !== null) {
        update(imageDelete.uuid, { delete: { deletedAt: imageDelete.deletedAt } })
      }
      for (const image of imageExists?.images ?? []) {
        const { from, until } = imageExists ?? { from: 0, until: 0 }
        const exists = { messageId, auditBeginning: from, auditEnding: until }
        update(image.uuid, { exists: [...(images.get(image.uuid)?.exists ?? []), exists] })
      }
    },
    read: () => Object.fromEntries(images),
  }
}
