/**
 * A rejected phrase in a text.
 * @typedef {{ line: number, phrase: string, use: string }} Finding
 */

/** A line break with the indentation and the comment mark of the next line. */
const LINE_BREAK = /\r?\n[ \t]*(?:\*(?!\/)|\/\/|#+|--|>)?[ \t]*/g

/**
 * The rejected phrases of a text, in its order. A phrase may span two lines of a paragraph or comment.
 * @param {string} text
 * @param {readonly import('./languageRules.mjs').Rule[]} rules
 * @returns {Finding[]}
 */
export function findPhrases(text, rules) {
  const { flat, lineAt } = flatten(text)
  const findings = rules.flatMap(({ phrase, use }) =>
    [...flat.matchAll(new RegExp(phrase, 'gi'))].map((match) => ({ index: match.index, phrase: match[0], use })),
  )
  return findings
    .sort((a, b) => a.index - b.index)
    .map(({ index, phrase, use }) => ({ line: lineAt(index), phrase, use }))
}

/**
 * The text on one line, in which a single space stands for a line break and two for an empty line.
 * @param {string} text
 */
function flatten(text) {
  /** @type {number[]} positions in `flat` at which lines 2, 3, … begin */
  const starts = []
  let removed = 0
  const flat = text.replace(LINE_BREAK, (lineBreak, offset) => {
    starts.push(offset - removed + 1)
    removed += lineBreak.length - 1
    return ' '
  })
  return {
    flat,
    /** @param {number} index */
    lineAt: (index) => 1 + starts.filter((start) => start <= index).length,
  }
}
