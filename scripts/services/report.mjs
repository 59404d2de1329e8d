/** An error whose message is meant for the person at the terminal: printed as it is, without a stack. */
export class ServicesError extends Error {
  name = 'ServicesError'
}

/**
 * Says what is going on. Always on stderr, because stdout is for results that other programs read.
 * @param {string} message
 * @returns {void}
 */
export function note(message) {
  process.stderr.write(`services: ${message}\n`)
}
