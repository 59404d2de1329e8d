/** Replaces the characters from `from` (inclusive) to `to` (exclusive) by `text`. */
export interface Cut {
  from: number
  to: number
  text: string
}

/** Applies cuts that are in order and do not overlap. All other characters stay. */
export function applyCuts(text: string, cuts: readonly Cut[]): string {
  let out = ''
  let copied = 0
  for (const cut of cuts) {
    out += text.slice(copied, cut.from) + cut.text
    copied = cut.to
  }
  return out + text.slice(copied)
}

/**
 * Converts cuts in the content of a JSON string to cuts in the text of the string.
 *
 * @param start index of the string's opening quote in `text`
 */
export function cutsInString(text: string, start: number, cuts: readonly Cut[]): Cut[] {
  let raw = start + 1
  let decoded = 0
  const advanceTo = (index: number): number => {
    for (; decoded < index; decoded++) raw += lengthOfUnit(text, raw)
    return raw
  }
  return cuts.map((cut) => {
    const from = advanceTo(cut.from)
    return { from, to: advanceTo(cut.to), text: JSON.stringify(cut.text).slice(1, -1) }
  })
}

/** Characters that stand for one UTF-16 code unit in a JSON string. */
function lengthOfUnit(text: string, at: number): number {
  if (text[at] !== '\\') return 1
  return text[at + 1] === 'u' ? 6 : 2
}
