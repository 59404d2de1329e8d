import type { Notification } from '../notifications/notification.ts'
import type { ExistsDetails, ExistsView } from '../notifications/exists.ts'
import type { Random } from '../core/random.ts'
import { floorSecond, type Micros, SECOND } from '../core/time.ts'
import type { UsageFault } from '../truth/truth.ts'
import type { Flavor } from '../world/flavor.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import type { Tenant } from '../world/tenant.ts'

/** What is to go wrong with the usage of one instance, and whether it has. */
export type UsagePlan = { readonly fault: UsageFault; planted: boolean }

/** Plants faults in what is told of instances; what happens to them stays the same. */
export type UsageFaults = {
  /** Plans for a new instance what will go wrong with its usage, if anything. */
  plan(instance: Instance): void
  /** The notification is never sent. */
  withholds(notice: Notification): boolean
  /** What an exists about the instance shows. */
  show(instance: Instance, request: Request, existence: ExistsDetails): ExistsView
  /** How long (microseconds) until the same is said again; null when it is said once. */
  again(showing: ExistsView): Micros | null
}

// In turn, so that even a small cloud has all of them. Those of a delete more often: most instances outlive the cloud,
// and of those that do not some are on no host or told of by no audit any more.
const turns = [
  'no launch',
  'no delete',
  'contradicted',
  'flavor',
  'no delete',
  'contradicted',
  'double',
  'tenant',
] as const satisfies readonly UsageFault[]

function otherFlavor({ flavor, deployment }: Instance): Flavor {
  return deployment.flavors.find(({ flavorId }) => flavorId !== flavor.flavorId) ?? flavor
}

/** The instance was terminated before the period's end, to the second, so that an exists of the period must say so. */
function endedWithin(instance: Instance, existence: ExistsDetails): boolean {
  const { terminatedAt, deletedAt } = instance
  if (terminatedAt === null || deletedAt === null) return false
  return floorSecond(terminatedAt) < floorSecond(existence.ending)
}

/** Faults for a `share` (0 to 1) of the instances. `random` is its own, so that the cloud is the same without them. */
export function createUsageFaults(share: number, random: Random, tenants: readonly Tenant[]): UsageFaults {
  let turn = 0

  const otherTenant = (instance: Instance): Tenant =>
    tenants.find(({ id }) => id !== instance.tenant.id) ?? instance.tenant

  const falsified = (instance: Instance, existence: ExistsDetails, fault: UsageFault): Instance | null => {
    if (fault === 'flavor') return { ...instance, flavor: otherFlavor(instance) }
    // What is said again must not have changed until then.
    if (fault === 'double') return { ...instance }
    if (fault === 'tenant') return { ...instance, tenant: otherTenant(instance) }
    if (fault === 'contradicted' && endedWithin(instance, existence))
      return { ...instance, terminatedAt: null, deletedAt: null }
    return null
  }

  return {
    plan: (instance) => {
      if (!random.chance(share)) return
      const fault = turns[turn++ % turns.length]
      if (fault !== undefined) instance.usagePlan = { fault, planted: false }
    },
    withholds: ({ instance, facts }) => {
      const plan = instance?.usagePlan ?? null
      if (instance === null || plan === null) return false
      // Of an instance that is on no host no exists will emitExistsOf the end.
      const withheld =
        (plan.fault === 'no launch' && facts.launch !== undefined) ||
        (plan.fault === 'no delete' && facts.ended !== undefined && instance.host !== null)
      if (withheld) plan.planted = true
      return withheld
    },
    show: (instance, request, existence) => {
      const plan = instance.usagePlan
      // An audit in the middle of an operation shows what agrees with no launch anyway.
      const settled = request.user !== null || !instance.busy
      if (plan === null || plan.planted || !settled) return { shown: instance, planted: null }
      const shown = falsified(instance, existence, plan.fault)
      if (shown === null) return { shown: instance, planted: null }
      plan.planted = true
      return { shown, planted: plan.fault }
    },
    again: ({ planted }) => (planted === 'double' ? Math.round(random.between(0.5, 20) * SECOND) : null),
  }
}
