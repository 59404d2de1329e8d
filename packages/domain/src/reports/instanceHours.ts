import type { Duration } from '../time/duration.ts'
import { HOUR } from '../time/instant.ts'

/** Verified exists of one tenant and flavor. */
export interface TenantHours {
  tenant: string | null
  /** The flavor's id; null if absent. */
  flavor: string | null
  flavorName: string | null
  memoryMb: number | null
  count: number
  /** Hours of existence, each started hour counted in full. */
  hours: number
}

/** Time that several exists of an instance report. It counts once. */
export interface Overlap {
  /** Number of exists that share time with another one of their instance. */
  exists: number
  /** The time that did not count again. */
  leftOut: Duration
}

/** Data about a tenant, imported by an operator. */
export interface TenantAccount {
  tenant: string
  accountName: string
  types: Record<string, string>
}

/** Input of instance hours. */
export interface HoursUsage {
  hours: TenantHours[]
  /** Imported data of the tenants in `hours`. */
  accounts: TenantAccount[]
  /** Names of all types of any tenant. */
  typeNames: string[]
  /** Time that several exists reported; absent with StackTach's rules, which count it for each of them. */
  overlap?: Overlap
}

interface Sums {
  count: number
  unit_hours: number
}

/** Megabytes per flavor unit. */
const UNIT_MB = 256

/** Weight of a unit by flavor class; 1 for other classes. */
const weights: Record<string, number> = { standard: 1 }

const STANDARD = 'standard'
const UNKNOWN = 'unknown'
const TOP_TENANTS = 100

/** StackTach's `instance hours`: hours by flavor and tenant. */
export const instanceHours = {
  name: 'instance hours',
  version: 1,
  shape: ({ hours, accounts, typeNames, overlap }: HoursUsage) => {
    const accountsByTenant = new Map(accounts.map((account) => [account.tenant, account]))
    const total: Sums = { count: 0, unit_hours: 0 }
    const flavors = new Map<string, Sums>()
    const flavorNames = new Map<string, string | null>()
    const classes = new Map<string, Sums>()
    const types = new Map(typeNames.map((name) => [name, new Map<string, Sums>()]))
    const tenants = new Map<string, Sums>()
    const unknown = Object.fromEntries(typeNames.map((name) => [name, UNKNOWN]))
    const typesOf = (tenant: string) => accountsByTenant.get(tenant)?.types ?? unknown
    for (const row of hours) {
      const flavor = row.flavor ?? UNKNOWN
      const flavorClass = classOf(flavor)
      const unitHours = row.hours * ((row.memoryMb ?? 0) / UNIT_MB) * (weights[flavorClass] ?? 1)
      const add = (sums: Sums) => {
        sums.count += row.count
        sums.unit_hours += unitHours
      }
      const tenant = row.tenant ?? UNKNOWN
      add(total)
      add(entry(flavors, flavor))
      flavorNames.set(flavor, flavorNames.get(flavor) ?? row.flavorName)
      add(entry(classes, flavorClass))
      add(entry(tenants, tenant))
      for (const [name, value] of Object.entries(typesOf(tenant))) {
        const values = types.get(name)
        if (values !== undefined) add(entry(values, value))
      }
    }
    // Percentages of the final totals; StackTach used running totals.
    const percentages = ({ count, unit_hours }: Sums) => ({
      count,
      unit_hours,
      percent_count: share(count, total.count),
      percent_unit_hours: share(unit_hours, total.unit_hours),
    })
    const all = (sums: ReadonlyMap<string, Sums>) =>
      Object.fromEntries([...sums].map(([key, value]) => [key, percentages(value)]))
    const owners = [...tenants].map(([tenant, sums]) => ({
      ...typesOf(tenant),
      ...percentages(sums),
      tenant,
      account_name: accountsByTenant.get(tenant)?.accountName ?? 'unknown account',
    }))
    const top = (key: keyof Sums) => {
      const ordered = owners.sort((a, b) => b[key] - a[key] || (a.tenant < b.tenant ? -1 : 1))
      return Object.fromEntries(
        [...types].map(([name, values]) => [
          name,
          Object.fromEntries(
            [...values.keys()].map((value) => [
              value,
              ordered.filter(({ tenant }) => typesOf(tenant)[name] === value).slice(0, TOP_TENANTS),
            ]),
          ),
        ]),
      )
    }
    return {
      ...Object.fromEntries([...types].map(([name, values]) => [name, all(values)])),
      total_instance_count: total.count,
      total_unit_hours: total.unit_hours,
      ...(overlap === undefined
        ? {}
        : { overlapping_exists: overlap.exists, overlapping_hours: overlap.leftOut / HOUR }),
      flavor: Object.fromEntries(
        [...flavors].map(([id, sums]) => [id, { ...percentages(sums), flavor_name: flavorNames.get(id) ?? null }]),
      ),
      flavor_class: all(classes),
      top_hundred_by_count: top('count'),
      top_hundred_by_unit_hours: top('unit_hours'),
    }
  },
}

function entry(sums: Map<string, Sums>, key: string): Sums {
  const sum = sums.get(key) ?? { count: 0, unit_hours: 0 }
  sums.set(key, sum)
  return sum
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : (part / whole) * 100
}

/** `performance1` for the flavor `performance1-2`. A flavor with a UUID has no class. */
function classOf(flavor: string): string {
  const dash = flavor.indexOf('-')
  return dash < 0 || /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(flavor) ? STANDARD : flavor.slice(0, dash)
}
