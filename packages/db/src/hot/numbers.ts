/** node-postgres gives bigints as text; ids and microseconds fit a number. */
export function number(text: string): number {
  return Number(text)
}

export function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text)
}
