/** The kinds of keys in the backlog: notifications of an instance, notifications of an image, and requests. */
export type BacklogKind = 'instance' | 'image' | 'request'

/** A kind and shard with rows in the backlog. */
export interface BackloggedShard {
  kind: BacklogKind
  shard: number
}
