import type { Random } from '../core/random.ts'
import { floorSecond, MINUTE, type Micros, SECOND } from '../core/time.ts'
import { actionNotification, apiPublishers, computePublishers, type Details } from '../notifications/action.ts'
import type { ActionName, Phase } from '../notifications/actions.ts'
import type { ExistsDetails } from '../notifications/exists.ts'
import type { Notification } from '../notifications/notification.ts'
import { updateNotification } from '../notifications/update.ts'
import type { Deployment } from '../world/deployment.ts'
import type { Flavor } from '../world/flavor.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance, State } from '../world/instance.ts'
import type { Request } from '../world/request.ts'

/**
 * The steps of something that happens in the cloud. The code between two yields runs at one simulated moment; a yielded
 * value is the time until the next step, microseconds.
 */
export type Steps = Generator<Micros, void, void>

/** The running simulation, as steps use it. */
export type Simulation = {
  readonly random: Random
  /** The length of an audit period, microseconds. */
  readonly auditPeriod: Micros
  now(): Micros
  emit(notification: Notification): void
  /** Emits an exists about the instance, with its planted fault if it has one. */
  emitExistsOf(instance: Instance, request: Request, details: ExistsDetails): void
  /** Runs other steps concurrently. */
  start(steps: Steps): void
}

/** One request on one instance, as its steps use it. */
export type Operation = Simulation & {
  readonly deployment: Deployment
  readonly instance: Instance
  readonly request: Request
  /** Whether the operation fails, if it can. */
  readonly fails: boolean
  readonly slow: boolean
  /** Draws a waiting time between `min` and `max` seconds; returns microseconds. */
  wait(min: number, max: number): Micros
  notify(name: ActionName, phase: Phase, details?: Details): void
  /** The API sets the task state; nova's update then has the new task as the old one, too. */
  setTask(task: string): void
  /** A service on `host` saves the instance with the given changes. */
  save(changes: { state?: State; task?: string | null; displayName?: string }, host: string): void
  /** Gives the instance another flavor. */
  changeFlavor(flavor: Flavor): void
  /** Marks the instance as launched now, and returns that time. */
  launch(): Micros
  /** Emits an operation's exists: for the current period up to now. */
  emitExists(host: string, options: { elevated: boolean; image?: BaseImage }): void
  /** The launch time as nova's RPC passes it, truncated to the second. */
  truncatedLaunch(): Micros
}

/** The extra time of a slow request; reports count a request of more than half an hour as failed. */
export const SLOW_REQUEST_DELAY: Micros = 40 * MINUTE

/** Creates a request on `instance`; if it is slow, the first wait of more than a second is extended. */
export function createOperation(
  simulation: Simulation,
  instance: Instance,
  request: Request,
  outcome: { readonly fails: boolean; readonly slow: boolean },
): Operation {
  let delay = outcome.slow ? SLOW_REQUEST_DELAY : 0
  const wait = (min: number, max: number): Micros => {
    const time = Math.round(simulation.random.between(min, max) * SECOND)
    if (max <= 1 || delay === 0) return time
    delay = 0
    return time + SLOW_REQUEST_DELAY
  }
  const periodStart = (): Micros => Math.floor(simulation.now() / simulation.auditPeriod) * simulation.auditPeriod
  const emitUpdate = (oldState: string, oldTask: string | null, oldName: string | null, host: string): void => {
    const change = { oldState, oldTask, oldName }
    const publishers = oldName === null ? computePublishers(host) : apiPublishers(host)
    simulation.emit(updateNotification(instance, request, change, publishers, periodStart(), simulation.now()))
  }
  return {
    ...simulation,
    deployment: instance.deployment,
    instance,
    request,
    ...outcome,
    wait,
    notify: (name, phase, details = {}) => simulation.emit(actionNotification(instance, request, name, phase, details)),
    setTask: (task) => {
      instance.task = task
      emitUpdate(instance.state, task, null, instance.deployment.controller)
      instance.updatedAt = simulation.now()
    },
    save: (changes, host) => {
      const { state, task, displayName } = instance
      instance.state = changes.state ?? state
      if (changes.task !== undefined) instance.task = changes.task
      instance.displayName = changes.displayName ?? displayName
      instance.updatedAt = simulation.now()
      emitUpdate(state, task, changes.displayName === undefined ? null : displayName, host)
    },
    changeFlavor: (flavor) => {
      instance.flavor = flavor
      instance.flavorChanges = [...instance.flavorChanges, { at: simulation.now(), flavor }]
    },
    launch: () => {
      const at = simulation.now()
      instance.launchedAt = at
      instance.launched = {
        at,
        requestId: request.id,
        flavor: instance.flavor,
        image: instance.image,
        repeatedAt: null,
      }
      return at
    },
    emitExists: (host, { elevated, image }) => {
      const details = { from: periodStart(), until: simulation.now(), host, elevated }
      simulation.emitExistsOf(instance, request, image === undefined ? details : { ...details, image })
    },
    truncatedLaunch: () => floorSecond(instance.launchedAt ?? instance.createdAt),
  }
}
