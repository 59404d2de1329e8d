/** Of PostgreSQL's type text. */
const TEXT_OID = 25

/**
 * Texts as PostgreSQL takes a `text[]` in binary, which the driver passes on as it is. Long ones cost a fraction of what
 * they cost in the driver's own form, where every quote and backslash of theirs is escaped here and unescaped there.
 */
export function textArray(values: readonly (string | null)[]): Buffer {
  const lengths = values.map((value) => (value === null ? -1 : Buffer.byteLength(value)))
  const size = lengths.reduce((sum, length) => sum + 4 + Math.max(length, 0), 20)
  const buffer = Buffer.allocUnsafe(size)
  // One dimension, whether there are nulls, the type, how many, and the number of the first.
  let at = buffer.writeInt32BE(1, 0)
  at = buffer.writeInt32BE(lengths.includes(-1) ? 1 : 0, at)
  at = buffer.writeInt32BE(TEXT_OID, at)
  at = buffer.writeInt32BE(values.length, at)
  at = buffer.writeInt32BE(1, at)
  for (const [index, value] of values.entries()) {
    at = buffer.writeInt32BE(lengths[index] ?? -1, at)
    if (value !== null) at += buffer.write(value, at)
  }
  return buffer
}
