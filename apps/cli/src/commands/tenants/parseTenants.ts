import type { ImportedTenant } from '@stacktach/db'
import { CsvError, parse } from 'csv-parse/sync'
import { z } from 'zod'

const text = z.string().trim().min(1, 'must not be empty')

const tenant = z.strictObject({
  tenant: text,
  account_name: text,
  billing_account: text,
  /** Type values by type name. */
  types: z.record(z.string().min(1), z.string().min(1)).default({}),
})

/** Required CSV columns; every other column is a type. */
const requiredColumns = ['tenant', 'account_name', 'billing_account'] as const

/**
 * Parses tenants from JSON (an array of objects with tenant, account_name, billing_account and types) or CSV (the same
 * columns, and one per type; an empty cell means that the tenant has no such type).
 *
 * @returns the tenants, or one line per error
 */
export function parseTenants(content: string): { tenants: ImportedTenant[] } | { errors: string[] } {
  const json = /^\s*[[{]/.test(content)
  const records = json ? readJson(content) : readCsv(content)
  if (typeof records === 'string') return { errors: [records] }
  const parsed = z.array(tenant).safeParse(records)
  const errors = (parsed.error?.issues ?? []).map(({ path: [index, ...path], message }) =>
    index === undefined
      ? message
      : `${recordName(Number(index), json)}: ${path.join('.')}${path.length > 0 ? ' ' : ''}${message}`,
  )
  const firstIndex = new Map<string, number>()
  for (const [index, { tenant }] of (parsed.data ?? []).entries()) {
    const first = firstIndex.get(tenant)
    if (first === undefined) firstIndex.set(tenant, index)
    else errors.push(`${recordName(index, json)}: duplicate tenant ${tenant}, first in ${recordName(first, json)}`)
  }
  if (!parsed.success || errors.length > 0) return { errors }
  return {
    tenants: parsed.data.map(({ account_name: accountName, billing_account: billingAccount, ...rest }) => ({
      ...rest,
      accountName,
      billingAccount,
    })),
  }
}

/** Names a record by its number, counted from 1. */
function recordName(index: number, json: boolean): string {
  return json ? `tenant ${index + 1}` : `record ${index + 1}`
}

/** Returns an error message when the content is not JSON. */
function readJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** Returns an error message when the content is not CSV. */
function readCsv(content: string): unknown {
  try {
    const records: Record<string, string>[] = parse(content, {
      bom: true,
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase().replaceAll(/[ -]/g, '_')),
      skip_empty_lines: true,
      trim: true,
    })
    return records.map((record) => {
      const types = Object.entries(record).filter(([name, value]) => !isRequiredColumn(name) && value !== '')
      const required = Object.fromEntries(
        requiredColumns.flatMap((name) => (record[name] === undefined ? [] : [[name, record[name]]])),
      )
      return { ...required, types: Object.fromEntries(types) }
    })
  } catch (error) {
    if (error instanceof CsvError) return `not CSV: ${error.message}`
    throw error
  }
}

function isRequiredColumn(name: string): boolean {
  return requiredColumns.some((column) => column === name)
}
