/**
 * Number of random cases of a test: `runs`, multiplied by TEST_EFFORT for a longer search (`TEST_EFFORT=10 npm test`).
 */
export function effort(runs: number): number {
  const factor = Number(process.env.TEST_EFFORT || 1)
  if (!(factor > 0)) throw new Error(`TEST_EFFORT is "${process.env.TEST_EFFORT}": it must be a number greater than 0`)
  return Math.ceil(runs * factor)
}
