import type { CountedInstance } from '@stacktach/db'

/** The first instances, at least one, with at most `limit` notifications in total. */
export function atMost(counted: readonly CountedInstance[], limit: number): string[] {
  let total = 0
  const selected: string[] = []
  for (const { instance, notifications } of counted) {
    total += notifications
    if (total > limit && selected.length > 0) break
    selected.push(instance)
  }
  return selected
}
