/**
 * Which lines of a long output are shown: the first, the last, and those that match `keep`.
 * @typedef {{ first?: number, last?: number, keep?: RegExp }} Excerpt
 */

/** The document: text, and commands with their output. */
export class Transcript {
  /** @type {string[]} */
  #parts = []

  /** @param {...string} paragraphs */
  write(...paragraphs) {
    this.#parts.push(...paragraphs)
  }

  /**
   * @param {string} command
   * @param {string} output
   * @param {Excerpt} [excerpt]
   */
  command(command, output, excerpt = {}) {
    this.#parts.push(['```console', `$ ${command}`, ...shorten(output, excerpt), '```'].join('\n'))
  }

  text() {
    return `${this.#parts.join('\n\n')}\n`
  }
}

/**
 * The shown lines of an output, without empty lines around it; a line counts the omitted ones.
 * @param {string} output
 * @param {Excerpt} excerpt
 */
export function shorten(output, { first = 40, last = 0, keep }) {
  const lines = output
    .replace(/^\n+|\s+$/g, '')
    .split('\n')
    .map((line) => line.trimEnd())
  if (lines.length === 1 && lines[0] === '') return []
  /** @type {string[]} */
  const shown = []
  /** @type {string[]} */
  let omitted = []
  const flush = () => {
    // To omit a single line would not save any.
    shown.push(...(omitted.length > 1 ? [`… ${omitted.length} more lines`] : omitted))
    omitted = []
  }
  lines.forEach((line, index) => {
    if (index >= first && index < lines.length - last && !keep?.test(line)) {
      omitted.push(line)
      return
    }
    flush()
    shown.push(line)
  })
  flush()
  return shown
}
