/** The image events that the audit counts, by StackTach's names. */
export interface ImageEventCounts {
  'image.upload': number
  'image.activate': number
  'image.delete': number
  /** Images that were said to exist. */
  'image.exists': number
  /** Of those, the ones whose usage was published. */
  'image.exists.verified': number
}

/** StackTach's `image events audit`: how often each thing happened to an image in a period. */
export const imageEventsAudit = {
  name: 'image events audit',
  version: 1,
  shape: (counts: ImageEventCounts): ImageEventCounts => counts,
}
