/** What is folded together: an instance's notifications, an image's, or a request. */
export type BacklogKind = 'instance' | 'image' | 'request'

/** A part of the backlog. */
export interface BackloggedShard {
  kind: BacklogKind
  shard: number
}
