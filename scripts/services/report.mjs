/** An expected failure: its message is printed without a stack trace. */
export class ServicesError extends Error {
  /** @override */
  name = 'ServicesError'
}

/**
 * Prints progress to standard error; standard output is reserved for results.
 * @param {string} message
 * @returns {void}
 */
export function note(message) {
  process.stderr.write(`services: ${message}\n`)
}

/**
 * The code of a system error, such as ENOENT.
 * @param {unknown} error
 * @returns {unknown} undefined if it has none
 */
export function errorCode(error) {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
