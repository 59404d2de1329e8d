/** A batch that a process stored. Milliseconds of unix time. */
export interface StoredBatch {
  began: number
  ended: number
  received: number
}

/** What was stored after the first `lead` messages: how many, and between which moments. */
export function ingestedFrom(
  batches: readonly StoredBatch[],
  lead: number,
): { count: number; from: number; to: number } {
  const inOrder = [...batches].sort((a, b) => a.ended - b.ended)
  let before = 0
  let from = Math.min(...inOrder.map(({ began }) => began))
  let count = 0
  for (const { ended, received } of inOrder) {
    if (before < lead) {
      before += received
      if (before >= lead) from = ended
    } else count += received
  }
  const last = inOrder.at(-1)
  if (last === undefined || count === 0) throw new RangeError('nothing was stored after the lead')
  return { count, from, to: last.ended }
}
