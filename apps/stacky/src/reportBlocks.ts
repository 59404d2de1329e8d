/** A table or lines of text, printed one below the other. */
export type Block = { title: string | null; rows: readonly (readonly unknown[])[] } | { lines: readonly string[] }

/**
 * Splits a stored report into blocks. A report is an object; or an array that begins with an object of metadata,
 * followed by a table or (with `raw_text`) lines of text; or a table. Each may be encoded as JSON in a JSON string.
 */
export function reportBlocks(report: unknown): Block[] {
  if (typeof report === 'string') return fromText(report)
  if (isObject(report)) return [keysAndValues(report, null)]
  if (!Array.isArray(report)) return asJson(report)
  const [first, ...rest]: unknown[] = report
  if (!isObject(first)) return isTable(report) ? [{ title: null, rows: report }] : asJson(report)
  if (first.raw_text) return [{ lines: rest.map(String) }]
  const metadata = keysAndValues(first, 'Report Metadata')
  return isTable(rest) ? [metadata, { title: 'Report Details', rows: rest }] : [metadata, ...asJson(rest)]
}

function fromText(text: string): Block[] {
  try {
    const inner: unknown = JSON.parse(text)
    return typeof inner === 'object' ? reportBlocks(inner) : [{ lines: [text] }]
  } catch {
    return [{ lines: [text] }]
  }
}

function keysAndValues(object: object, title: string | null): Block {
  return { title, rows: [['Key', 'Value'], ...Object.entries(object)] }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTable(value: readonly unknown[]): value is unknown[][] {
  return value.every(Array.isArray)
}

function asJson(value: unknown): Block[] {
  return [{ lines: JSON.stringify(value, null, 2).split('\n') }]
}
