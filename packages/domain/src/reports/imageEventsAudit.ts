/** Image events counted by the audit, by StackTach's names. */
export interface ImageEventCounts {
  'image.upload': number
  'image.activate': number
  'image.delete': number
  /** Images with an exists. */
  'image.exists': number
  /** Images with an exists whose usage was published. */
  'image.exists.verified': number
}

/** StackTach's `image events audit`: counts of image events in a period. */
export const imageEventsAudit = {
  name: 'image events audit',
  version: 1,
  shape: (counts: ImageEventCounts): ImageEventCounts => counts,
}
