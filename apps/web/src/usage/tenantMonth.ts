import type { ExistsStatus, TenantExists } from '@stacktach/db'
import { addInstanceExists, emptyInstanceUsage, finishInstanceUsage, type InstanceFlavorUsage } from '@stacktach/domain'

/** What a tenant used in a month. */
export interface TenantMonth {
  /** One for each instance and flavor. */
  rows: InstanceFlavorUsage[]
  flavors: FlavorUsage[]
  /** Hours of all flavors. */
  hours: number
  instances: number
  /** Exists by status; only verified ones are in the hours. */
  exists: Record<ExistsStatus, number>
  /** Whether there are more exists than were read. */
  isCut: boolean
}

/** Usage of one flavor by all instances of a tenant. */
export interface FlavorUsage {
  flavor: string | null
  flavorName: string | null
  memoryMb: number | null
  instances: number
  hours: number
}

/** Passes on the usage of each instance as soon as it is complete. Exists that are not verified are left out. */
export async function* instanceUsage(
  batches: AsyncIterable<readonly TenantExists[]>,
  onExists: (exists: TenantExists) => void = () => {},
): AsyncGenerator<InstanceFlavorUsage[]> {
  const state = emptyInstanceUsage()
  for await (const batch of batches) {
    const rows: InstanceFlavorUsage[] = []
    for (const exists of batch) {
      onExists(exists)
      if (exists.status === 'verified') rows.push(...addInstanceExists(state, exists))
    }
    yield rows
  }
  yield finishInstanceUsage(state)
}

/**
 * Sums a tenant's month.
 *
 * @param maxExists more are not read
 */
export async function tenantMonth(
  batches: AsyncIterable<readonly TenantExists[]>,
  maxExists: number,
): Promise<TenantMonth> {
  const exists = { pending: 0, verifying: 0, verified: 0, failed: 0 }
  let read = 0
  let isCut = false
  async function* limited(): AsyncGenerator<readonly TenantExists[]> {
    for await (const batch of batches) {
      yield batch.slice(0, maxExists - read)
      read += batch.length
      if (read > maxExists) {
        isCut = true
        return
      }
    }
  }
  const rows: InstanceFlavorUsage[] = []
  for await (const part of instanceUsage(limited(), ({ status }) => exists[status]++)) rows.push(...part)
  return { ...sumFlavors(rows), rows: rows.sort(byHours), exists, isCut }
}

function sumFlavors(rows: readonly InstanceFlavorUsage[]): Pick<TenantMonth, 'flavors' | 'hours' | 'instances'> {
  const flavors = new Map<string, FlavorUsage>()
  for (const { flavor, flavorName, memoryMb, hours } of rows) {
    const key = JSON.stringify([flavor, memoryMb])
    const sum = flavors.get(key) ?? { flavor, flavorName, memoryMb, instances: 0, hours: 0 }
    flavors.set(key, { ...sum, instances: sum.instances + 1, hours: sum.hours + hours })
  }
  return {
    flavors: [...flavors.values()].sort((a, b) => b.hours - a.hours),
    hours: rows.reduce((sum, { hours }) => sum + hours, 0),
    instances: new Set(rows.map(({ instance }) => instance)).size,
  }
}

function byHours(a: InstanceFlavorUsage, b: InstanceFlavorUsage): number {
  return b.hours - a.hours || (a.instance < b.instance ? -1 : a.instance > b.instance ? 1 : 0)
}
