import { create, type Outcome } from '../operations/create.ts'
import { snapshot } from '../operations/snapshot.ts'
import type { Random } from '../core/random.ts'
import { createOperation, type Simulation, type Operation, type Steps } from '../operations/operation.ts'
import { floorSecond, SECOND } from '../core/time.ts'
import type { UsageFaults } from './usageFaults.ts'
import { createInstance, createReservation, type Instance } from '../world/instance.ts'
import { type Population, pickAny, removeUnordered } from '../world/population.ts'
import { createRequest, type Request } from '../world/request.ts'
import type { Tenant } from '../world/tenant.ts'
import { type Choice, choices } from './choices.ts'

/** Who there is to ask for things, and how often things go wrong. */
export type Clients = {
  readonly tenants: readonly [Tenant, ...Tenant[]]
  readonly operators: Tenant
  /** 0 to 1. */
  readonly failures: number
  readonly storedTimes: 'exact' | 'rounded'
  readonly usageFaults: UsageFaults
  /** Whether the next operation is slow. */
  readonly slow: () => boolean
}

/** Mostly the owner, sometimes a colleague, sometimes an administrator from the operators' own project. */
function requestFor(instance: Instance, clients: Clients, simulation: Simulation, administrator: boolean): Request {
  const { random } = simulation
  if (random.chance(0.08) || administrator) {
    return createRequest(random.pick(clients.operators.users), clients.operators, true, simulation.now(), random)
  }
  const user = random.chance(0.8) ? instance.owner : random.pick(instance.tenant.users)
  return createRequest(user, instance.tenant, false, simulation.now(), random)
}

/** MySQL keeps a launch time as whole seconds, rounded; the next request reads that. */
function reloadFromDatabase(instance: Instance, clients: Clients): void {
  if (clients.storedTimes === 'exact' || instance.launchedAt === null) return
  instance.launchedAt = Math.round(instance.launchedAt / SECOND) * SECOND
}

/** Keeps the instance busy while the steps lasts, and moves it to the deletedInstances when it is deleted. */
function* whileBusy(population: Population, instance: Instance, steps: Steps, clients: Clients): Steps {
  instance.busy = true
  yield* steps
  instance.busy = false
  if (instance.state !== 'deleted') return
  removeUnordered(population.instances, instance)
  population.deletedInstances.push(instance)
  reloadFromDatabase(instance, clients)
}

function outcomeOf(fails: boolean, random: Random): Outcome {
  if (!fails) return 'success'
  const draw = random.next()
  return draw < 0.25 ? 'noValidHost' : draw < 0.65 ? 'rescheduled' : draw < 0.8 ? 'exhausted' : 'aborted'
}

/** A user asks for an instance, or for several at once. */
export function startCreate(simulation: Simulation, population: Population, clients: Clients): void {
  const { random } = simulation
  const { deployment } = population
  const tenant = random.pick(clients.tenants)
  const owner = random.pick(tenant.users)
  const outcome = outcomeOf(random.chance(clients.failures), random)
  const createdAt = floorSecond(simulation.now())
  const request = createRequest(owner, tenant, false, simulation.now(), random)
  const flavor = outcome === 'noValidHost' ? deployment.hugeFlavor : random.pick(deployment.flavors)
  const image = random.pick(deployment.images)
  const reservation = createReservation(random)
  const asked = { deployment, tenant, owner, flavor, image, createdAt }
  const make = (slow = false): Operation => {
    const instance = createInstance(asked, reservation, population.nextNumber++, random)
    clients.usageFaults.plan(instance)
    population.instances.push(instance)
    return createOperation(simulation, instance, request, { fails: false, slow })
  }
  const first = make(clients.slow())
  const count = outcome === 'success' && random.chance(0.12) ? random.int(1, 3) : 0
  const others = Array.from({ length: count }, () => make())
  // Each of the others is busy until its own build is over.
  const begin = (operation: Operation) => (steps: Steps) => {
    simulation.begin(whileBusy(population, operation.instance, steps, clients))
  }
  const busy = others.map((operation) => ({ ...operation, begin: begin(operation) }))
  simulation.begin(whileBusy(population, first.instance, create(first, busy, outcome), clients))
}

function isPossible(choice: Choice, instance: Instance): boolean {
  return choice.from.includes(instance.state)
}

function pickChoice(instance: Instance, crowded: boolean, random: Random): Choice | undefined {
  const all: Choice[] = Object.values(choices)
  const weighed = all
    .filter((choice) => isPossible(choice, instance))
    .map((choice) => ({ choice, weight: crowded && choice === choices.remove ? 5 * choice.weight : choice.weight }))
  let draw = random.between(
    0,
    weighed.reduce((sum, { weight }) => sum + weight, 0),
  )
  for (const { choice, weight } of weighed) {
    draw -= weight
    if (draw < 0) return choice
  }
  return weighed.at(-1)?.choice
}

/** Somebody does something with an instance that is there; false when none is idle. */
export function startOperation(simulation: Simulation, population: Population, clients: Clients, crowded: boolean): boolean {
  const { random } = simulation
  // A few draws and no search, so that an operation costs the same however many instances there are.
  let instance: Instance | undefined
  for (let i = 0; i < 12 && (instance === undefined || instance.busy); i++) {
    instance = pickAny(random, population.instances)
  }
  if (instance === undefined || instance.busy) return false
  reloadFromDatabase(instance, clients)
  const choice = instance.state === 'active' && random.chance(0.08) ? 'snapshot' : pickChoice(instance, crowded, random)
  if (choice === undefined) return false
  const administrator = choice !== 'snapshot' && choice.administrators === true
  const request = requestFor(instance, clients, simulation, administrator)
  const how = { fails: random.chance(clients.failures), slow: clients.slow() }
  const operation = createOperation(simulation, instance, request, how)
  const steps = choice === 'snapshot' ? snapshot(operation, (image) => population.images.push(image)) : choice.steps(operation)
  simulation.begin(whileBusy(population, instance, steps, clients))
  return true
}
