/** Events that have an effect on a launch, without `compute.instance.`. */
export const launchEvents = [
  'create.start',
  'create.end',
  'rebuild.start',
  'rebuild.end',
  'rescue.start',
  'rescue.end',
  'resize.prep.start',
  'resize.revert.start',
  'resize.revert.end',
  'finish_resize.start',
  'finish_resize.end',
  'unshelve.end',
] as const

/** The rules that the random streams must apply at least once. */
const rules = [
  'order: a start before others of its microsecond',
  'order: an end after others of its microsecond',
  'order: the same microsecond, by event',
  'order: the same microsecond and event, by identity',
  'fold: an instance is continued',
  'refold: only because a notification precedes the position',
  'refold: only because of the first versioned notification',
  'refold: only because of the first classic notification',
  'refold: only because the versioned counterpart was folded',
  'counterpart: a versioned notification is left out',
  'counterpart: a versioned notification arrives after its classic one was folded',
  'counterpart: a versioned notification without a classic one counts',
  'timing: an end closes its start',
  'timing: an end without a start',
  'timing: a start without an end',
  'timing: duration of zero',
  'timing: an end before its start',
  'timing: an end of another request',
  'timing: a delete that ended in another request',
  ...launchEvents.map((event) => `launch: ${event}` as const),
  'launch: unshelve.end, ignored by StackTach',
  'launch: create.end of a failed create',
  'launch: launched_at set',
  'launch: launched_at raised',
  'launch: launched_at unchanged',
  'launch: flavor set or filled',
  'launch: flavor changed',
  'launch: flavor unchanged',
  'launch: its request reported several flavors',
  'delete: with its terminated_at',
  'delete: with its deleted_at only',
  'delete: repeated',
  'delete: soft',
  'delete: replaced by a later delete',
  'delete: restored',
  'delete: without a launched_at or a deletion time',
  'exists: with a launched_at',
  'exists: without a launched_at',
  'exists: repeated message id',
  'operation: done',
  'operation: open',
  'operation: failed',
  'operation: abandoned by a delete',
  'operation: without a start',
  'operation: several attempts',
  'operation: an attempt without a reported end',
  'operation: ended after an error',
  'operation: a scheduling ended by its request',
  'failure: of the event of an operation',
  'failure: of another event',
  'failure: an operation of its own',
  'failure: repeated, counts once',
  'failure: a create.end without a launch',
  'tracker: with an end',
  'tracker: without an end',
  'tracker: none, because nothing starts the request',
  'tracker: its latest end is before its start',
  'tracker: several possible starts, the first counts',
  'tracker: ends in the same microsecond',
  'tracker: the request spans instances',
  'tracker: the request spans shards',
  'image: usage',
  'image: usage without an activation',
  'image: delete',
  'image: exists',
  'image: without the time of its row',
  'image: repeated, the later notification counts',
] as const

export type Rule = (typeof rules)[number]

/** How often each rule was applied. */
export class RuleCounts {
  private readonly counts = new Map<Rule, number>(rules.map((rule) => [rule, 0]))

  count(rule: Rule, when = true): void {
    if (when) this.counts.set(rule, (this.counts.get(rule) ?? 0) + 1)
  }

  never(): Rule[] {
    return [...this.counts].filter(([, times]) => times === 0).map(([rule]) => rule)
  }

  toString(): string {
    return [...this.counts].map(([rule, times]) => `${String(times).padStart(8)}  ${rule}`).join('\n')
  }
}
