// A string, a bracket with its partner when nothing is between them, another sign, or a number or word.
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|\{\s*\}|\[\s*\]|[{}[\],:]|[^\s{}[\],:"]+/g

/**
 * JSON text with every value on a line of its own, indented by two for each level. Works on the text alone, so that
 * every digit, escape and key stays what it was, in its place.
 */
export function indentJson(text: string): string {
  const lines: string[] = []
  let line = ''
  let depth = 0
  const breakLine = () => {
    lines.push(line)
    line = '  '.repeat(depth)
  }
  for (const [found] of text.matchAll(token)) {
    if (found === '{' || found === '[') {
      line += found
      depth++
      breakLine()
    } else if (found === '}' || found === ']') {
      depth--
      breakLine()
      line += found
    } else if (found === ',') {
      line += found
      breakLine()
    } else if (found === ':') line += ': '
    else line += found.startsWith('{') || found.startsWith('[') ? found.replace(/\s+/, '') : found
  }
  lines.push(line)
  return lines.join('\n')
}
