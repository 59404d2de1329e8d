/**
 * A JSON text with the values of some members replaced, every other character as it was, in one pass over the text. Many
 * times faster than parsing and writing it again, and exact where that is not: numbers, white space, equal keys.
 *
 * @param text JSON, known to be valid, without escapes in its keys
 * @param name global: finds a piece of a key's name, or the whole of it; what it does not find is passed over
 * @param replacement the JSON of a value
 * @returns null when a name stands elsewhere than in a key: then this cannot tell what it is about
 */
export function replaceMembers(text: string, name: RegExp, replacement: string): string | null {
  let out = ''
  let copied = 0
  name.lastIndex = 0
  for (let found = name.exec(text); found !== null; found = name.exec(text)) {
    // Outside strings there are no letters but those of true, false and null, so these quotes are around it.
    const opened = text.lastIndexOf('"', found.index)
    const closed = text.indexOf('"', found.index)
    const colon = skipBlanks(text, closed + 1)
    // A quote inside a string has a backslash before it.
    const plain = text[opened - 1] !== '\\' && !text.slice(opened, closed).includes('\\')
    if (closed === -1 || text[colon] !== ':' || !plain) return null
    const from = skipBlanks(text, colon + 1)
    const to = endOfValue(text, from)
    if (!isEmptyValue(text, from, to)) {
      out += text.slice(copied, from) + replacement
      copied = to
    }
    name.lastIndex = to
  }
  return out + text.slice(copied)
}

/** Whether it holds nothing: null, or an empty text, list or object. */
function isEmptyValue(text: string, from: number, to: number): boolean {
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

/** Where the value ends that begins at `from`: behind its last character. */
function endOfValue(text: string, from: number): number {
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

function endOfString(text: string, from: number): number {
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

function skipBlanks(text: string, from: number): number {
  let at = from
  while (isBlank(text.charCodeAt(at))) at++
  return at
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const BRACE = 0x7b
const BRACE_CLOSED = 0x7d
const BRACKET = 0x5b
const BRACKET_CLOSED = 0x5d

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

function endsLiteral(code: number): boolean {
  return code === COMMA || code === BRACE_CLOSED || code === BRACKET_CLOSED || isBlank(code)
}
