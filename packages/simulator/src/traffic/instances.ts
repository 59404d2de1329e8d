import type { Random } from '../core/random.ts'
import { floorSecond, SECOND } from '../core/time.ts'
import { create, type Outcome } from '../operations/create.ts'
import { createOperation, type Operation, type Simulation, type Steps } from '../operations/operation.ts'
import { snapshot } from '../operations/snapshot.ts'
import { createInstance, createReservation, type Instance } from '../world/instance.ts'
import { type Population, pickAny, removeUnordered } from '../world/population.ts'
import { createRequest, type Request } from '../world/request.ts'
import type { Tenant } from '../world/tenant.ts'
import { type Choice, choices } from './choices.ts'
import type { UsageFaults } from './usageFaults.ts'

/** Who makes requests, and how often they fail. */
export type TrafficContext = {
  readonly tenants: readonly [Tenant, ...Tenant[]]
  readonly operators: Tenant
  /** The share of operations that fail, 0 to 1. */
  readonly failures: number
  readonly storedTimes: 'exact' | 'rounded'
  readonly usageFaults: UsageFaults
  /** Draws whether the next operation is slow. */
  readonly slow: () => boolean
}

/** Usually from the owner, sometimes from another user of the tenant or an administrator of the operators' project. */
function requestFor(
  instance: Instance,
  context: TrafficContext,
  simulation: Simulation,
  administrator: boolean,
): Request {
  const { random } = simulation
  if (random.chance(0.08) || administrator) {
    return createRequest(random.pick(context.operators.users), context.operators, true, simulation.now(), random)
  }
  const user = random.chance(0.8) ? instance.owner : random.pick(instance.tenant.users)
  return createRequest(user, instance.tenant, false, simulation.now(), random)
}

/** MySQL rounds a launch time to whole seconds; the next request reads the rounded value. */
function reloadFromDatabase(instance: Instance, context: TrafficContext): void {
  if (context.storedTimes === 'exact' || instance.launchedAt === null) return
  instance.launchedAt = Math.round(instance.launchedAt / SECOND) * SECOND
}

/** Keeps the instance busy during the steps, and moves it to the deleted instances if they delete it. */
function* whileBusy(population: Population, instance: Instance, steps: Steps, context: TrafficContext): Steps {
  instance.busy = true
  yield* steps
  instance.busy = false
  if (instance.state !== 'deleted') return
  removeUnordered(population.instances, instance)
  population.deletedInstances.push(instance)
  reloadFromDatabase(instance, context)
}

function outcomeOf(fails: boolean, random: Random): Outcome {
  if (!fails) return 'success'
  const draw = random.next()
  return draw < 0.25 ? 'noValidHost' : draw < 0.65 ? 'rescheduled' : draw < 0.8 ? 'exhausted' : 'aborted'
}

/** A user creates one instance, or several with one request. */
export function startCreate(simulation: Simulation, population: Population, context: TrafficContext): void {
  const { random } = simulation
  const { deployment } = population
  const tenant = random.pick(context.tenants)
  const owner = random.pick(tenant.users)
  const outcome = outcomeOf(random.chance(context.failures), random)
  const createdAt = floorSecond(simulation.now())
  const request = createRequest(owner, tenant, false, simulation.now(), random)
  const flavor = outcome === 'noValidHost' ? deployment.hugeFlavor : random.pick(deployment.flavors)
  const image = random.pick(deployment.images)
  const reservation = createReservation(random)
  const build = { deployment, tenant, owner, flavor, image, createdAt }
  const createBuild = (slow = false): Operation => {
    const instance = createInstance(build, reservation, population.nextNumber++, random)
    context.usageFaults.plan(instance)
    population.instances.push(instance)
    return createOperation(simulation, instance, request, { fails: false, slow })
  }
  const first = createBuild(context.slow())
  const count = outcome === 'success' && random.chance(0.12) ? random.int(1, 3) : 0
  const others = Array.from({ length: count }, () => createBuild())
  // Each of the others is busy until its own build ends.
  const startBusy = (operation: Operation) => (steps: Steps) => {
    simulation.start(whileBusy(population, operation.instance, steps, context))
  }
  const busy = others.map((operation) => ({ ...operation, start: startBusy(operation) }))
  simulation.start(whileBusy(population, first.instance, create(first, busy, outcome), context))
}

function isPossible(choice: Choice, instance: Instance): boolean {
  return choice.from.includes(instance.state)
}

function pickChoice(instance: Instance, crowded: boolean, random: Random): Choice | undefined {
  const all: Choice[] = Object.values(choices)
  const weighted = all
    .filter((choice) => isPossible(choice, instance))
    .map((choice) => ({ choice, weight: crowded && choice === choices.remove ? 5 * choice.weight : choice.weight }))
  let draw = random.between(
    0,
    weighted.reduce((sum, { weight }) => sum + weight, 0),
  )
  for (const { choice, weight } of weighted) {
    draw -= weight
    if (draw < 0) return choice
  }
  return weighted.at(-1)?.choice
}

/** Starts an operation on an existing instance; returns false if none is idle. */
export function startOperation(
  simulation: Simulation,
  population: Population,
  context: TrafficContext,
  crowded: boolean,
): boolean {
  const { random } = simulation
  // A few draws instead of a search, so that the cost does not grow with the number of instances.
  let instance: Instance | undefined
  for (let i = 0; i < 12 && (instance === undefined || instance.busy); i++) {
    instance = pickAny(random, population.instances)
  }
  if (instance === undefined || instance.busy) return false
  reloadFromDatabase(instance, context)
  const choice = instance.state === 'active' && random.chance(0.08) ? 'snapshot' : pickChoice(instance, crowded, random)
  if (choice === undefined) return false
  const administrator = choice !== 'snapshot' && choice.administrators === true
  const request = requestFor(instance, context, simulation, administrator)
  const outcome = { fails: random.chance(context.failures), slow: context.slow() }
  const operation = createOperation(simulation, instance, request, outcome)
  const steps =
    choice === 'snapshot' ? snapshot(operation, (image) => population.images.push(image)) : choice.steps(operation)
  simulation.start(whileBusy(population, instance, steps, context))
  return true
}
