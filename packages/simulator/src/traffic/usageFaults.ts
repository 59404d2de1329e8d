import type { Random } from '../core/random.ts'
import { floorSecond, type Micros, SECOND } from '../core/time.ts'
import type { ExistsDetails, ExistsView } from '../notifications/exists.ts'
import type { Notification } from '../notifications/notification.ts'
import type { Instance, UsageFault } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import type { Tenant } from '../world/tenant.ts'

/** Plants faults in the usage notifications of instances, without changing what happens to the instances. */
export type UsageFaults = {
  /** Decides which fault, if any, a new instance gets. */
  plan(instance: Instance): void
  /** Whether the notification is never sent. */
  suppresses(notification: Notification): boolean
  /** The instance as an exists describes it. */
  existsView(instance: Instance, request: Request, details: ExistsDetails): ExistsView
  /** Microseconds until the same exists is sent again; null if it is sent once. */
  repeatDelay(view: ExistsView): Micros | null
}

// The faults rotate, so that a small cloud has all of them. Those of a delete are more frequent, because most instances
// are not deleted in time, and a deleted instance without a host, or without another audit, has no exists.
const rotation = [
  'no launch',
  'no delete',
  'contradicted',
  'flavor',
  'no delete',
  'contradicted',
  'duplicate',
  'tenant',
] as const satisfies readonly UsageFault[]

/**
 * Whether the instance was terminated before the audit period's end, to the second: a correct exists has the delete.
 */
function endedWithin({ terminatedAt, deletedAt }: Instance, { until }: ExistsDetails): boolean {
  if (terminatedAt === null || deletedAt === null) return false
  return floorSecond(terminatedAt) < floorSecond(until)
}

/**
 * Plants faults in a `share` (0 to 1) of the instances.
 *
 * @param random not used elsewhere, so that the cloud is the same without faults
 */
export function createUsageFaults(share: number, random: Random, tenants: readonly Tenant[]): UsageFaults {
  let next = 0

  const otherTenant = (instance: Instance): Tenant =>
    tenants.find(({ id }) => id !== instance.tenant.id) ?? instance.tenant

  const falsified = (instance: Instance, details: ExistsDetails, fault: UsageFault): Instance | null => {
    // An exists during a resize can have any other flavor without being wrong.
    if (fault === 'flavor') return { ...instance, flavor: instance.deployment.hugeFlavor }
    // A copy, so that the repeated exists is the same after the instance has changed.
    if (fault === 'duplicate') return { ...instance }
    if (fault === 'tenant') return { ...instance, tenant: otherTenant(instance) }
    if (fault === 'contradicted' && endedWithin(instance, details))
      return { ...instance, terminatedAt: null, deletedAt: null }
    return null
  }

  return {
    plan: (instance) => {
      if (!random.chance(share)) return
      const fault = rotation[next++ % rotation.length]
      if (fault !== undefined) instance.usagePlan = { fault, planted: false }
    },
    suppresses: ({ instance, facts }) => {
      const plan = instance?.usagePlan ?? null
      if (instance === null || plan === null) return false
      // An instance without a host has no exists after its delete.
      const suppressed =
        (plan.fault === 'no launch' && facts.launch !== undefined) ||
        (plan.fault === 'no delete' && facts.deletion !== undefined && instance.host !== null)
      if (suppressed) plan.planted = true
      return suppressed
    },
    existsView: (instance, request, details) => {
      const plan = instance.usagePlan
      // A periodic exists during an operation may disagree with every launch anyway.
      const consistent = request.user !== null || !instance.busy
      if (plan === null || plan.planted || !consistent) return { instance, planted: null }
      const view = falsified(instance, details, plan.fault)
      if (view === null) return { instance, planted: null }
      plan.planted = true
      return { instance: view, planted: plan.fault }
    },
    repeatDelay: ({ planted }) => (planted === 'duplicate' ? Math.round(random.between(0.5, 20) * SECOND) : null),
  }
}
