/** Formats a table cell; null and undefined are `None`, as in Stacky. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return 'None'
  return escapeText(typeof cell === 'object' ? JSON.stringify(cell) : String(cell))
}

/** Escapes control characters: names in notifications are untrusted and must not move the cursor or break a table. */
export function escapeText(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0
      if (code === 10) return '\\n'
      return code < 32 || (code >= 127 && code < 160) ? `\\x${code.toString(16).padStart(2, '0')}` : character
    })
    .join('')
}

/** Escapes control characters other than newlines in JSON text; it stays valid, as they only occur in strings. */
export function escapeJson(text: string): string {
  return [...text]
    .map((character) => {
      const code = character.codePointAt(0) ?? 0
      const control = (code < 32 && code !== 10) || (code >= 127 && code < 160)
      return control ? `\\u${code.toString(16).padStart(4, '0')}` : character
    })
    .join('')
}
