/** What a table shows of a cell: nothing is `None`, as Stacky shows it. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return 'None'
  return harmless(typeof cell === 'object' ? JSON.stringify(cell) : String(cell))
}

/**
 * A text whose control characters are written out. Names come from whoever can send a notification: they must neither
 * move the cursor nor break a table.
 */
export function harmless(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0
      if (code === 10) return '\\n'
      return code < 32 || (code >= 127 && code < 160) ? `\\x${code.toString(16).padStart(2, '0')}` : character
    })
    .join('')
}

/** The same for JSON text of several lines, which stays JSON: only within a string can such a character stand. */
export function harmlessJson(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0
      const control = (code < 32 && code !== 10) || (code >= 127 && code < 160)
      return control ? `\\u${code.toString(16).padStart(4, '0')}` : character
    })
    .join('')
}
