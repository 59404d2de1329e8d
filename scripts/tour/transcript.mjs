/**
 * What is shown of a long output: its first lines, its last, and those that match.
 * @typedef {{ first?: number, last?: number, keep?: RegExp }} Excerpt
 */

/** The document as it is written: prose, and commands with what they printed. */
export class Transcript {
  #parts = []

  says(...paragraphs) {
    this.#parts.push(...paragraphs)
  }

  /**
   * @param {string} command as it was typed
   * @param {string} output all that it printed
   * @param {Excerpt} [excerpt]
   */
  shows(command, output, excerpt = {}) {
    const [first, ...rest] = command.split('\n')
    const typed = [`$ ${first}`, ...rest].join('\n')
    const lines = shortened(output, excerpt)
    this.#parts.push(['```console', typed, ...lines, '```'].join('\n'))
  }

  text() {
    return `${this.#parts.join('\n\n')}\n`
  }
}

/** An output in lines, without the empty ones around it; what is left out is counted. */
export function shortened(output, { first = 40, last = 0, keep }) {
  const lines = output
    .replace(/^\n+|\s+$/g, '')
    .split('\n')
    .map((line) => line.trimEnd())
  if (lines.length === 1 && lines[0] === '') return []
  const isShown = (index) => index < first || index >= lines.length - last || (keep?.test(lines[index] ?? '') ?? false)
  const shown = []
  for (let index = 0; index < lines.length; ) {
    let next = index
    while (next < lines.length && !isShown(next)) next++
    // A single line left out would not be shorter.
    if (next - index > 1) shown.push(`… ${next - index} more lines`)
    else if (next - index === 1) shown.push(lines[index])
    if (next < lines.length) shown.push(lines[next])
    index = next + 1
  }
  return shown
}
