/** Returns a shuffled copy (Fisher-Yates) in an order that depends on the seed (mulberry32). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const copy = [...items]
  let state = seed
  const random = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  for (let last = copy.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1))
    const atLast = copy[last]
    const atOther = copy[other]
    if (atLast === undefined || atOther === undefined) continue
    copy[last] = atOther
    copy[other] = atLast
  }
  return copy
}
