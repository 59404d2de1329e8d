/** Prints the slowest test files after all the others' results. */
const SHOWN = 10

export default class SlowestFiles {
  #rootDir

  constructor({ rootDir }) {
    this.#rootDir = rootDir
  }

  onRunComplete(_, { testResults }) {
    if (testResults.length <= SHOWN) return
    const files = testResults
      .map(({ testFilePath, perfStats: { start, end } }) => ({ testFilePath, seconds: (end - start) / 1000 }))
      .sort((a, b) => b.seconds - a.seconds)
    process.stderr.write('\nSlowest test files:\n')
    for (const { testFilePath, seconds } of files.slice(0, SHOWN)) {
      process.stderr.write(`${seconds.toFixed(1).padStart(7)} s  ${testFilePath.slice(this.#rootDir.length + 1)}\n`)
    }
  }
}
