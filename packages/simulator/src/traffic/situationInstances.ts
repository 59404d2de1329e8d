import type { Random } from '../core/random.ts'
import { floorSecond, MINUTE, type Micros, SECOND } from '../core/time.ts'
import { create } from '../operations/create.ts'
import { createOperation, type Operation, type Simulation, type Steps } from '../operations/operation.ts'
import { createInstance, createReservation, type Instance } from '../world/instance.ts'
import { type Population, removeUnordered } from '../world/population.ts'
import { createPeriodicRequest, createRequest, type Request } from '../world/request.ts'
import type { Tenant } from '../world/tenant.ts'

/** A deployment in which a situation takes place. */
export type Scene = {
  readonly simulation: Simulation
  readonly population: Population
  readonly tenants: readonly [Tenant, ...Tenant[]]
  readonly operators: Tenant
  readonly storedTimes: 'exact' | 'rounded'
}

/** How long after a period's end every host has audited it, unless the host's audit is late. */
const AUDITED_AFTER = MINUTE
/** How long after a period's end a late audit takes place. */
const LATE_AUDIT = 2 * MINUTE
/** How long after a period's end all audits have taken place. */
const ALL_AUDITED_AFTER = LATE_AUDIT + MINUTE

function minutes(random: Random, min: number, max: number): Micros {
  return Math.round(random.between(min, max) * MINUTE)
}

/** Some minutes in which nothing happens to the instance. */
export function* pause({ simulation }: Scene): Steps {
  yield minutes(simulation.random, 0.5, 1.5)
}

/** When the current audit period ends. */
function periodEnd({ simulation: { auditPeriod, now } }: Scene): Micros {
  return (Math.floor(now() / auditPeriod) + 1) * auditPeriod
}

/** Waits until all hosts have audited the current period. */
export function* nextAudit(scene: Scene): Steps {
  yield periodEnd(scene) + ALL_AUDITED_AFTER - scene.simulation.now()
}

/** Waits until `before` (microseconds) the current period's end; until that of the next period if this is over. */
export function* untilBeforeAudit(scene: Scene, before: Micros): Steps {
  const at = periodEnd(scene) - before
  const now = scene.simulation.now()
  yield at > now ? at - now : at + scene.simulation.auditPeriod - now
}

/** nova's database rounds times to whole seconds; the next request reads the rounded values. */
function reload(instance: Instance, { storedTimes }: Scene): void {
  if (storedTimes === 'exact') return
  const round = (at: Micros | null): Micros | null => (at === null ? null : Math.round(at / SECOND) * SECOND)
  instance.launchedAt = round(instance.launchedAt)
  instance.terminatedAt = round(instance.terminatedAt)
  instance.deletedAt = round(instance.deletedAt)
}

/** Runs the steps of an operation; the instance is busy meanwhile. */
export function* act(scene: Scene, operation: Operation, steps: (operation: Operation) => Steps): Steps {
  const { instance } = operation
  instance.busy = true
  yield* steps(operation)
  instance.busy = false
  reload(instance, scene)
}

/** A request of the instance's owner. */
export function userOperation({ simulation }: Scene, instance: Instance): Operation {
  const request = createRequest(instance.owner, instance.tenant, false, simulation.now(), simulation.random)
  return createOperation(simulation, instance, request, { fails: false, slow: false })
}

/** A request of an administrator. */
export function administratorOperation({ simulation, operators }: Scene, instance: Instance): Operation {
  const user = simulation.random.pick(operators.users)
  const request = createRequest(user, operators, true, simulation.now(), simulation.random)
  return createOperation(simulation, instance, request, { fails: false, slow: false })
}

/** A request of nova itself, without a user. */
export function periodicRequest({ simulation }: Scene): Request {
  return createPeriodicRequest(simulation.now(), simulation.random)
}

/** An operation of one of nova's periodic tasks. */
export function periodicOperation(scene: Scene, instance: Instance): Operation {
  return createOperation(scene.simulation, instance, periodicRequest(scene), { fails: false, slow: false })
}

/** Extends an operation's second wait of more than a second. @param extended returns its length, microseconds */
function withLongWait(operation: Operation, extended: () => Micros): Operation {
  let longWaits = 0
  const wait = (min: number, max: number): Micros => {
    const time = operation.wait(min, max)
    return max > 1 && ++longWaits === 2 ? extended() : time
  }
  return { ...operation, wait }
}

/** Extends an operation's second long wait until all hosts have audited the current period. */
export function duringAudit(scene: Scene, operation: Operation): Operation {
  return withLongWait(operation, () => periodEnd(scene) + ALL_AUDITED_AFTER - scene.simulation.now())
}

/**
 * Extends an operation's second long wait until the instance's host has audited the current period. All other hosts
 * audit it later.
 */
export function betweenAudits(scene: Scene, operation: Operation): Operation {
  const { simulation, population } = scene
  return withLongWait(operation, () => {
    for (const host of population.deployment.hosts) {
      if (host !== operation.instance.host) population.lateAudits.set(host, LATE_AUDIT)
    }
    return periodEnd(scene) + AUDITED_AFTER - simulation.now()
  })
}

/** Lets ordinary operations start on the instance. */
export function release({ population }: Scene, instance: Instance): void {
  removeUnordered(population.situationInstances, instance)
  population.instances.push(instance)
}

/** Creates an instance on which no other operation starts. */
export function* launch(scene: Scene): Generator<Micros, Instance, void> {
  const { simulation, population } = scene
  const { random } = simulation
  const { deployment } = population
  const tenant = random.pick(scene.tenants)
  const owner = random.pick(tenant.users)
  const build = {
    deployment,
    tenant,
    owner,
    flavor: random.pick(deployment.flavors),
    image: random.pick(deployment.images),
    createdAt: floorSecond(simulation.now()),
  }
  const instance = createInstance(build, createReservation(random), population.nextNumber++, random)
  population.situationInstances.push(instance)
  yield* act(scene, userOperation(scene, instance), (operation) => create(operation, [], 'success'))
  yield* pause(scene)
  return instance
}
