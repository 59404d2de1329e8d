/** Pseudo-random numbers from a seed. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number
  /** A whole number from `min` to `max`, both inclusive. */
  int(min: number, max: number): number
  shuffled<T>(items: readonly T[]): T[]
}

/** Creates a generator: the same seed gives the same numbers (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    int,
    shuffled<T>(items: readonly T[]) {
      const remaining = [...items]
      const result: T[] = []
      while (remaining.length > 0) result.push(...remaining.splice(int(0, remaining.length - 1), 1))
      return result
    },
  }
}
