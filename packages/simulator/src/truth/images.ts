import type { ImageTruth } from './truth.ts'
import type { SentNotification } from './sentNotification.ts'

/** The pages of all images. */
export type ImageRecorder = {
  record(sent: SentNotification): void
  read(): Record<string, ImageTruth>
}

/** An empty book of images. */
export function createImageRecorder(): ImageRecorder {
  const pages = new Map<string, ImageTruth>()
  const change = (uuid: string, news: Partial<ImageTruth>): void => {
    pages.set(uuid, { ...(pages.get(uuid) ?? { usage: null, delete: null, exists: [] }), ...news })
  }
  return {
    record: ({ notice, messageId }) => {
      const { imageUsage, imageDelete, imageExists } = notice.facts
      if (imageUsage !== undefined) {
        const { uuid, createdAt, owner, size } = imageUsage
        change(uuid, { usage: { createdAt, owner, size } })
      }
      if (imageDelete !== undefined && imageDelete.deletedAt !== null) {
        change(imageDelete.uuid, { delete: { deletedAt: imageDelete.deletedAt } })
      }
      for (const image of imageExists?.images ?? []) {
        const { beginning, ending } = imageExists ?? { beginning: 0, ending: 0 }
        const exists = { messageId, auditBeginning: beginning, auditEnding: ending }
        change(image.uuid, { exists: [...(pages.get(image.uuid)?.exists ?? []), exists] })
      }
    },
    read: () => Object.fromEntries(pages),
  }
}
