/** Escapes control characters other than newlines and tabs in untrusted text, which could otherwise move the cursor. */
export function escapeControlCharacters(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, (control) => {
    const code = control.charCodeAt(0).toString(16).padStart(2, '0')
    return `\\x${code}`
  })
}
