/** The events of launches, without `compute.instance.`. */
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

/** Every rule that streams of notifications have to have met. */
const listed = [
  'order: a start before others of its microsecond',
  'order: an end after others of its microsecond',
  'order: the same microsecond, by event',
  'order: the same microsecond and event, by identity',
  'fold: onto what is there',
  'refold: only because it belongs before the position reached',
  'refold: only because a versioned one is the first of its format',
  'refold: only because a classic one is the first of its format',
  'refold: only because its versioned counterpart was counted',
  'counterpart: a versioned one is left out',
  'counterpart: a versioned one comes after its classic one was folded',
  'counterpart: a versioned one counts, being alone',
  'timing: an end closes its start',
  'timing: an end without a start',
  'timing: a start without an end',
  'timing: of length zero',
  'timing: an end before its start',
  'timing: an end of another request',
  ...launchEvents.map((event) => `launch: ${event}` as const),
  'launch: unshelve.end, which StackTach does not know',
  'launch: create.end that did not succeed',
  'launch: launched_at set',
  'launch: launched_at raised',
  'launch: launched_at stays',
  'launch: flavor set or filled',
  'launch: flavor changed',
  'launch: flavor stays',
  'delete: with its terminated_at',
  'delete: with its deleted_at only',
  'delete: told twice',
  'delete: without a launched_at or a time',
  'exists: with a launched_at',
  'exists: without a launched_at',
  'exists: a message id told twice',
  'tracker: with an end',
  'tracker: without an end',
  'tracker: none, for nothing starts it',
  'tracker: its latest end is before its start',
  'tracker: several start it, the first counts',
  'tracker: ends in the same microsecond',
  'tracker: the request spans instances',
  'tracker: the request spans shards',
  'image: usage',
  'image: delete',
  'image: exists',
  'image: without the time its row needs',
  'image: told twice, the later counts',
] as const

export type Rule = (typeof listed)[number]

/** How often each rule was met. */
export class Fired {
  private readonly counts = new Map<Rule, number>(listed.map((rule) => [rule, 0]))

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
