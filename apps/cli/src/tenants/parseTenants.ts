import type { ImportedTenant } from '@stacktach/db'
import { CsvError, parse } from 'csv-parse/sync'
import { z } from 'zod'

const text = z.string().trim().min(1, 'must not be empty')

const tenant = z.strictObject({
  tenant: text,
  account_name: text,
  billing_account: text,
  /** A type's name to the tenant's value of it. */
  types: z.record(z.string().min(1), z.string().min(1)).default({}),
})

/** Columns that every CSV file has; each further one is a type. */
const fixed = ['tenant', 'account_name', 'billing_account'] as const

/**
 * Tenants as JSON (an array of objects with tenant, account_name, billing_account and types) or as CSV (the same as columns,
 * a further column for each type, empty where a tenant has none of it).
 *
 * @returns the tenants, or a line for each fault
 */
export function parseTenants(content: string): { tenants: ImportedTenant[] } | { faults: string[] } {
  const json = /^\s*[[{]/.test(content)
  const read = json ? readJson(content) : readCsv(content)
  if (typeof read === 'string') return { faults: [read] }
  const parsed = z.array(tenant).safeParse(read)
  const faults = (parsed.error?.issues ?? []).map(({ path: [index, ...path], message }) =>
    index === undefined
      ? message
      : `${place(Number(index), json)}: ${path.join('.')}${path.length > 0 ? ' ' : ''}${message}`,
  )
  const seen = new Map<string, number>()
  for (const [index, { tenant }] of (parsed.data ?? []).entries()) {
    const before = seen.get(tenant)
    if (before === undefined) seen.set(tenant, index)
    else faults.push(`${place(index, json)}: ${tenant} is there twice, first in ${place(before, json)}`)
  }
  if (!parsed.success || faults.length > 0) return { faults }
  return {
    tenants: parsed.data.map(({ account_name: accountName, billing_account: billingAccount, ...rest }) => ({
      ...rest,
      accountName,
      billingAccount,
    })),
  }
}

/** Where a record is, as people count. */
function place(index: number, json: boolean): string {
  return json ? `tenant ${index + 1}` : `record ${index + 1}`
}

function readJson(content: string): unknown {
  try {
    return JSON.parse(content)
  } catch (error) {
    return `is not JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

function readCsv(content: string): unknown {
  try {
    const records: Record<string, string>[] = parse(content, {
      bom: true,
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase().replaceAll(/[ -]/g, '_')),
      skip_empty_lines: true,
      trim: true,
    })
    return records.map((record) => {
      const types = Object.entries(record).filter(([name, value]) => !isFixed(name) && value !== '')
      const own = Object.fromEntries(
        fixed.flatMap((name) => (record[name] === undefined ? [] : [[name, record[name]]])),
      )
      return { ...own, types: Object.fromEntries(types) }
    })
  } catch (error) {
    if (error instanceof CsvError) return `is not CSV: ${error.message}`
    throw error
  }
}

function isFixed(name: string): boolean {
  return fixed.some((column) => column === name)
}
