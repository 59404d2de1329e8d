/**
 * Text from outside as a terminal may show it: control characters but line ends and tabs are written out, or a message could
 * move the cursor and change what the operator sees.
 */
export function visible(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, (control) => {
    const code = control.charCodeAt(0).toString(16).padStart(2, '0')
    return `\\x${code}`
  })
}
