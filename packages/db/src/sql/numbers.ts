/** A bigint as node-postgres gives it, as text: ids and microseconds fit a number. */
export function numberOrNull(text: string | null): number | null {
  return text === null ? null : Number(text)
}
