import { type Cut, cutsInString } from './cuts.ts'
import { endOfString, endOfValue, isEmptyValue, skipBlanks } from './scanJson.ts'
import { isSecretName } from './secretName.ts'
import { writtenSecrets } from './writtenSecrets.ts'

/** The value of an entry such as `{"key": "password", "value": "x"}`. */
const entryValue = /[ \t\r\n]*,[ \t\r\n]*"value"[ \t\r\n]*:[ \t\r\n]*/y
const entryKeys = new Set(['key', 'name'])

/** What replaces secrets, and the texts that need no examination. */
export interface SecretRules {
  replacement: string
  mayHoldSecret(text: string): boolean
}

/**
 * Locates secrets in a JSON text, including in its strings, which may hold JSON (at any depth) or other notations.
 *
 * @param text valid JSON
 */
export function jsonSecrets(text: string, rules: SecretRules): Cut[] {
  const cuts: Cut[] = []
  const replacement = JSON.stringify(rules.replacement)
  let key = ''
  let next = 0
  const cutValue = (name: string, from: number): void => {
    const to = endOfValue(text, from)
    if (isEmptyValue(text, from, to) || !isSecretName(name, text.slice(from, from + 2))) {
      next = from
      return
    }
    cuts.push({ from, to, text: replacement })
    next = to
  }
  for (let open = text.indexOf('"'); open !== -1; open = text.indexOf('"', next)) {
    const end = endOfString(text, open)
    const content = contentOf(text, open, end)
    const colon = skipBlanks(text, end)
    if (text[colon] === ':') {
      key = content
      cutValue(content, skipBlanks(text, colon + 1))
      continue
    }
    next = end
    if (rules.mayHoldSecret(content)) {
      // A loop, because a call cannot have as many arguments as there may be cuts.
      for (const cut of cutsInString(text, open, secretsInside(content, rules))) cuts.push(cut)
      entryValue.lastIndex = end
      if (entryKeys.has(key) && entryValue.test(text)) cutValue(content, entryValue.lastIndex)
    }
    key = ''
  }
  return cuts
}

function contentOf(text: string, open: number, end: number): string {
  const raw = text.slice(open + 1, end - 1)
  return raw.includes('\\') ? String(JSON.parse(text.slice(open, end))) : raw
}

function secretsInside(text: string, rules: SecretRules): Cut[] {
  return isJson(text) ? jsonSecrets(text, rules) : writtenSecrets(text, `'${rules.replacement}'`)
}

/** Whether a text is valid JSON of an object, a list or a string. */
function isJson(text: string): boolean {
  if (!/^[ \t\r\n]*[[{"]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
