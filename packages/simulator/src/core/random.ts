/** Pseudo-random numbers: the same seed gives the same sequence on every machine. */
export type Random = {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number
  /** A whole number from `min` to `max`, both inclusive. */
  int(min: number, max: number): number
  /** A number from `min` to `max`. */
  between(min: number, max: number): number
  /** True with the given probability (0 to 1). */
  chance(probability: number): boolean
  pick<T>(choices: readonly [T, ...T[]]): T
  /** `words` times eight lower-case hexadecimal digits. */
  hex(words: number): string
  /** A random (version 4) UUID. */
  uuid(): string
  /** An independent sequence: drawing from it does not change this one. */
  fork(name: string): Random
}

/** FNV-1a with a final mix: hashes a text to 32 bits. */
function hash(text: string, basis: number): number {
  let h = basis
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

const digits = '0123456789abcdefghijklmnopqrstuvwxyz'

/** `length` base-36 characters, as in nova's reservation ids (`r-c1roi1ag`). */
export function base36(random: Random, length: number): string {
  let text = ''
  for (let i = 0; i < length; i++) text += digits.charAt(random.int(0, 35))
  return text
}

/**
 * Creates a sequence that depends only on `seed` (sfc32). Written here because the seeded streams that the
 * documentation and tests show depend on these exact numbers.
 */
export function createRandom(seed: string): Random {
  let a = hash(seed, 0x811c9dc5)
  let b = hash(seed, 0x9747b28c)
  let c = hash(seed, 0x3c6ef372)
  let counter = 1
  const word = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 12; i++) word()

  const next = (): number => word() / 4294967296
  const hex = (words: number): string => {
    let text = ''
    for (let i = 0; i < words; i++) text += word().toString(16).padStart(8, '0')
    return text
  }
  return {
    next,
    hex,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    between: (min, max) => min + next() * (max - min),
    chance: (probability) => next() < probability,
    pick: (choices) => choices[Math.floor(next() * choices.length)] ?? choices[0],
    uuid: () => {
      const h = hex(4)
      const variant = '89ab'.charAt(word() & 3)
      return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20)}`
    },
    fork: (name) => createRandom(`${seed}/${name}`),
  }
}
