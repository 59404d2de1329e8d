/** Number of random cases of a test: `runs`, multiplied by TEST_EFFORT for a longer search. */
export const randomCases = (runs: number): number => Math.ceil(runs * Number(process.env.TEST_EFFORT || 1))
