import { create, type Outcome } from '../operations/create.ts'
import { snapshot } from '../operations/snapshot.ts'
import type { Random } from '../random.ts'
import { createStage, type Scene, type Stage, type Story } from '../stage.ts'
import { floorSecond, second } from '../time.ts'
import type { UsageFaults } from '../usageFaults.ts'
import { createInstance, createReservation, type Instance } from '../world/instance.ts'
import { type Population, pickAny, takeOut } from '../world/population.ts'
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
function requestFor(instance: Instance, clients: Clients, scene: Scene, administrator: boolean): Request {
  const { random } = scene
  if (random.chance(0.08) || administrator) {
    return createRequest(random.pick(clients.operators.users), clients.operators, true, scene.now(), random)
  }
  const user = random.chance(0.8) ? instance.owner : random.pick(instance.tenant.users)
  return createRequest(user, instance.tenant, false, scene.now(), random)
}

/** MySQL keeps a launch time as whole seconds, rounded; the next request reads that. */
function readBack(instance: Instance, clients: Clients): void {
  if (clients.storedTimes === 'exact' || instance.launchedAt === null) return
  instance.launchedAt = Math.round(instance.launchedAt / second) * second
}

/** Keeps the instance busy while the story lasts, and moves it to the departed when it is deleted. */
function* occupied(population: Population, instance: Instance, story: Story, clients: Clients): Story {
  instance.busy = true
  yield* story
  instance.busy = false
  if (instance.state !== 'deleted') return
  takeOut(population.instances, instance)
  population.departed.push(instance)
  readBack(instance, clients)
}

function outcomeOf(fails: boolean, random: Random): Outcome {
  if (!fails) return 'success'
  const draw = random.next()
  return draw < 0.25 ? 'noValidHost' : draw < 0.65 ? 'rescheduled' : draw < 0.8 ? 'exhausted' : 'aborted'
}

/** A user asks for an instance, or for several at once. */
export function beginCreate(scene: Scene, population: Population, clients: Clients): void {
  const { random } = scene
  const { deployment } = population
  const tenant = random.pick(clients.tenants)
  const owner = random.pick(tenant.users)
  const outcome = outcomeOf(random.chance(clients.failures), random)
  const createdAt = floorSecond(scene.now())
  const request = createRequest(owner, tenant, false, scene.now(), random)
  const flavor = outcome === 'noValidHost' ? deployment.hugeFlavor : random.pick(deployment.flavors)
  const image = random.pick(deployment.images)
  const reservation = createReservation(random)
  const asked = { deployment, tenant, owner, flavor, image, createdAt }
  const make = (slow = false): Stage => {
    const instance = createInstance(asked, reservation, population.nextNumber++, random)
    clients.usageFaults.plan(instance)
    population.instances.push(instance)
    return createStage(scene, instance, request, { fails: false, slow })
  }
  const first = make(clients.slow())
  const count = outcome === 'success' && random.chance(0.12) ? random.int(1, 3) : 0
  const others = Array.from({ length: count }, () => make())
  // Each of the others is busy until its own build is over.
  const begin = (stage: Stage) => (story: Story) => {
    scene.begin(occupied(population, stage.instance, story, clients))
  }
  const busy = others.map((stage) => ({ ...stage, begin: begin(stage) }))
  scene.begin(occupied(population, first.instance, create(first, busy, outcome), clients))
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
export function beginOperation(scene: Scene, population: Population, clients: Clients, crowded: boolean): boolean {
  const { random } = scene
  // A few draws and no search, so that an operation costs the same however many instances there are.
  let instance: Instance | undefined
  for (let i = 0; i < 12 && (instance === undefined || instance.busy); i++) {
    instance = pickAny(random, population.instances)
  }
  if (instance === undefined || instance.busy) return false
  readBack(instance, clients)
  const choice = instance.state === 'active' && random.chance(0.08) ? 'snapshot' : pickChoice(instance, crowded, random)
  if (choice === undefined) return false
  const administrator = choice !== 'snapshot' && choice.administrators === true
  const request = requestFor(instance, clients, scene, administrator)
  const how = { fails: random.chance(clients.failures), slow: clients.slow() }
  const stage = createStage(scene, instance, request, how)
  const story = choice === 'snapshot' ? snapshot(stage, (image) => population.images.push(image)) : choice.story(stage)
  scene.begin(occupied(population, instance, story, clients))
  return true
}
