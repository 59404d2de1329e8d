/** A value in a table of comma-separated values. */
export type CsvValue = string | number | boolean | null

/** Spreadsheets run a text with such a beginning as a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/

const QUOTED = /[",\r\n]/

/**
 * A line of comma-separated values as in RFC 4180; null is empty. Text that a spreadsheet would run as a formula gets an
 * apostrophe, since names of flavors and hosts come from the cloud.
 */
export function csvLine(values: readonly CsvValue[]): string {
  return `${values.map(cell).join(',')}\r\n`
}

function cell(value: CsvValue): string {
  if (typeof value !== 'string') return value === null ? '' : String(value)
  const text = FORMULA.test(value) ? `'${value}` : value
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
