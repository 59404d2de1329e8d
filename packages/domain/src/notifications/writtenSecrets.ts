import type { Cut } from './cuts.ts'
import { isSecretName, lowerCase, secretHint } from './secretName.ts'

/** Longest name and longest run of backslashes that are examined, which bounds the time for each hint. */
const MAX_NAME = 128

const hint = new RegExp(secretHint, 'g')

const nameCharacter = /[\w.-]/
const nameRest = /[\w.-]*/y

/** Separator between a quoted key and its value. */
const colon = /\s{0,8}:\s{0,8}/y

/** Separator between a variable and its value: `password = x`, `password => x`. */
const equals = /[ \t]{0,8}=(?![=~])>?[ \t]{0,8}/y

/** Separator of a header, which has a name of several words: in prose, a colon after `password` starts a sentence. */
const headerColon = /:\s{1,8}/y
const headerName = /[a-z\d][A-Z]|[A-Za-z\d][._-][A-Za-z\d]|^[Aa]uthorization$/

/** Separator of a command's option: `--password x`. */
const optionBlank = /\s{1,8}(?!-)/y

/** An empty value in JSON or Python. */
const emptyValue = /(?:[bru]{0,2}(\\{0,64}["'])\1(?!["'])|(?:null|None)\b|\[\s{0,8}\]|\{\s{0,8}\}|\(\s{0,8}\))/iy

/** The opening quote of a value, escaped if the text is inside a string, with the prefixes of Python. */
const openingQuote = /[bru]{0,2}(\\{0,64}(?:'''|"""|["']))/iy

/** A value without quotes ends at a separator. The scheme before the credentials of a header belongs to the value. */
const bareValue = /(?:(?:Bearer|Basic|Digest|Token) {1,4})?[^\s,;&)\]}]+/iy

/**
 * Locates secrets in a text that is not JSON as a whole: Python notation, embedded JSON (quotes may be escaped),
 * assignments, headers and command options. A value without an end extends to the end of the text.
 *
 * @param replacement replaces each value
 */
export function writtenSecrets(text: string, replacement: string): Cut[] {
  const cuts: Cut[] = []
  const lower = lowerCase(text)
  hint.lastIndex = 0
  for (let match = hint.exec(lower); match !== null; match = hint.exec(lower)) {
    const nameEnd = matchEnd(nameRest, text, hint.lastIndex) ?? hint.lastIndex
    const from = startOfMember(text, match.index) ?? startOfAssigned(text, match.index, nameEnd)
    const to = from === null ? null : endOfWrittenValue(text, from)
    if (from !== null && to !== null) cuts.push({ from, to, text: replacement })
    // Other hints in the same name have the same result.
    hint.lastIndex = Math.max(hint.lastIndex, to ?? nameEnd)
  }
  return cuts
}

/** Index of the value of the quoted key around `at`; null if it is not a secret's name with a value. */
function startOfMember(text: string, at: number): number | null {
  const first = walk(text, at, -1, isNotQuote)
  const end = walk(text, at, 1, isNotQuote)
  const quote = quoteBefore(text, first)
  if (quote === '' || !text.startsWith(quote, end)) return null
  const from = matchEnd(colon, text, end + quote.length)
  return from !== null && isSecretName(text.slice(first, end), text.slice(from, from + 2)) ? from : null
}

/** The same for the unquoted name around `at` that ends at `end`. */
function startOfAssigned(text: string, at: number, end: number): number | null {
  const first = walk(text, at, -1, isNameCharacter)
  const name = text.slice(first, end)
  // Words before the name may belong to it: `api key = x`.
  const phrase = text.slice(walk(text, first, -1, isPhraseCharacter), end)
  const from =
    matchEnd(equals, text, end) ??
    (headerName.test(name) ? matchEnd(headerColon, text, end) : null) ??
    (name.startsWith('--') ? matchEnd(optionBlank, text, end) : null)
  return from !== null && isSecretName(phrase, text.slice(from, from + 2)) ? from : null
}

/** The end of the run of accepted characters around `at`: its first index, or, forwards, the index after its last. */
function walk(text: string, at: number, step: 1 | -1, accepts: (character: string) => boolean): number {
  let index = step === 1 ? at : at - 1
  for (let left = MAX_NAME; left > 0; left--) {
    const character = text[index]
    if (character === undefined || !accepts(character)) break
    index += step
  }
  return step === 1 ? index : index + 1
}

function isNotQuote(character: string): boolean {
  return character !== '"' && character !== "'" && character !== '\\'
}

function isNameCharacter(character: string): boolean {
  return nameCharacter.test(character)
}

function isPhraseCharacter(character: string): boolean {
  return character === ' ' || nameCharacter.test(character)
}

/** The quote that ends at `end` with its backslashes, empty if there is none. */
function quoteBefore(text: string, end: number): string {
  const character = text[end - 1]
  if (character !== '"' && character !== "'") return ''
  return text.slice(
    walk(text, end - 1, -1, (other) => other === '\\'),
    end,
  )
}

function matchEnd(pattern: RegExp, text: string, at: number): number | null {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : null
}

/** End of the value that starts at `from`; null if it is empty. */
function endOfWrittenValue(text: string, from: number): number | null {
  if (matchEnd(emptyValue, text, from) !== null) return null
  openingQuote.lastIndex = from
  const quote = openingQuote.exec(text)
  if (quote?.[1] !== undefined) return endOfQuoted(text, openingQuote.lastIndex, quote[1])
  if (/[[{(]/.test(text.charAt(from))) return endOfBrackets(text, from)
  const end = matchEnd(bareValue, text, from)
  if (end === null) return null
  // The last quote closes the string that contains the assignment.
  const closing = /\\{0,64}["']$/.exec(text.slice(Math.max(from, end - MAX_NAME), end))
  const to = closing ? end - closing[0].length : end
  return to > from ? to : null
}

/** End of a quoted text after its opening quote: quotes with more backslashes are part of it. */
function endOfQuoted(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    if (text[at - 1] !== '\\') return at + quote.length
  }
  return text.length
}

/** End of a list, tuple or dictionary; brackets in quotes are ignored. */
function endOfBrackets(text: string, from: number): number {
  let depth = 0
  for (let at = from; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '"' || character === "'") at = endOfQuoted(text, at + 1, quoteBefore(text, at + 1)) - 1
    else if ('[{('.includes(character)) depth++
    else if (']})'.includes(character) && --depth === 0) return at + 1
  }
  return text.length
}
