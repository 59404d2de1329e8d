// A string, an empty object or array, a structural character, or a number or literal.
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|\{\s*\}|\[\s*\]|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * Pretty-prints JSON text with an indent of two. Works on the text without parsing it, so that digits, escapes and the order of
 * keys are preserved.
 */
export function indentJson(text: string): string {
  const lines: string[] = []
  let line = ''
  let depth = 0
  const breakLine = () => {
    lines.push(line)
    line = '  '.repeat(depth)
  }
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      line += token
      depth++
      breakLine()
    } else if (token === '}' || token === ']') {
      depth--
      breakLine()
      line += token
    } else if (token === ',') {
      line += token
      breakLine()
    } else if (token === ':') line += ': '
    else line += token.startsWith('{') || token.startsWith('[') ? token.replace(/\s+/, '') : token
  }
  lines.push(line)
  return lines.join('\n')
}
