const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const BRACE = 0x7b
const BRACE_CLOSED = 0x7d
const BRACKET = 0x5b
const BRACKET_CLOSED = 0x5d

/** End (exclusive) of the value that starts at `from` in a JSON text; the text's end when the value is unterminated. */
export function endOfValue(text: string, from: number): number {
  switch (text[from]) {
    case '"':
      return endOfString(text, from)
    case '[':
    case '{':
      return endOfContainer(text, from)
    default: {
      let at = from
      while (at < text.length && !endsLiteral(text.charCodeAt(at))) at++
      return at
    }
  }
}

/** End (exclusive) of a string. */
export function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at++
    else if (code === QUOTE) return at + 1
  }
  return text.length
}

function endOfContainer(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at) - 1
    else if (code === BRACE || code === BRACKET) depth++
    else if ((code === BRACE_CLOSED || code === BRACKET_CLOSED) && --depth === 0) return at + 1
  }
  return text.length
}

/** Index of the first character at or after `from` that is not JSON white space. */
export function skipBlanks(text: string, from: number): number {
  let at = from
  while (isBlank(text.charCodeAt(at))) at++
  return at
}

/** Whether the value from `from` to `to` is null or an empty string, list or object. */
export function isEmptyValue(text: string, from: number, to: number): boolean {
  switch (text[from]) {
    case 'n':
      return true
    case '"':
      return to - from === 2
    case '[':
    case '{':
      return skipBlanks(text, from + 1) === to - 1
    default:
      return false
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

function endsLiteral(code: number): boolean {
  return code === COMMA || code === BRACE_CLOSED || code === BRACKET_CLOSED || isBlank(code)
}
