import type { ActionName, Phase } from '../notifications/actions.ts'
import type { Notification } from '../notifications/notification.ts'
import { actionNotification, apiPublishers, computePublishers, type Details } from '../notifications/action.ts'
import type { ExistsDetails } from '../notifications/exists.ts'
import { updateNotification } from '../notifications/update.ts'
import type { Random } from '../core/random.ts'
import { floorSecond, type Micros, MINUTE, SECOND } from '../core/time.ts'
import type { Deployment } from '../world/deployment.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance, State } from '../world/instance.ts'
import type { Request } from '../world/request.ts'

/** What happens, told in order; each value is how long to wait (microseconds) before it goes on. */
export type Steps = Generator<Micros, void, void>

/** The simulated world as a steps sees it. */
export type Simulation = {
  readonly random: Random
  /** The length of an audit period, microseconds. */
  readonly auditPeriod: Micros
  now(): Micros
  emit(notice: Notification): void
  /** Sends an exists about the instance, and what is planted in it. */
  emitExistsOf(instance: Instance, request: Request, existence: ExistsDetails): void
  /** Lets another steps run beside this one. */
  begin(steps: Steps): void
}

/** One request on one instance: what its steps can do. */
export type Operation = Simulation & {
  readonly deployment: Deployment
  readonly instance: Instance
  readonly request: Request
  /** This one is to go wrong, if it can. */
  readonly fails: boolean
  /** The work itself takes long. */
  readonly slow: boolean
  /** A time to wait, between `min` and `max` seconds; microseconds. */
  wait(min: number, max: number): Micros
  notify(name: ActionName, phase: Phase, details?: Details): void
  /** The API notes what is to be done; nova shows the new task as the old one, too. */
  setTask(task: string): void
  /** A service on `host` saves the instance with what is new. */
  save(news: { state?: State; task?: string | null; displayName?: string }, host: string): void
  /** The instance is up, by this moment: its launch time is now. */
  launch(): Micros
  /** The exists that an operation sends: the current period, up to now. */
  exists(host: string, options: { elevated: boolean; image?: BaseImage }): void
  /** The launch time as an instance handed on by RPC shows it. */
  truncatedLaunch(): Micros
}

/** By how much a slow request is slower: more than the half hour after which one counts as failed. */
export const SLOW_REQUEST_DELAY: Micros = 40 * MINUTE

/** The operation of a request on `instance`; a slow one's first wait for something that takes more than a second is long. */
export function createOperation(
  simulation: Simulation,
  instance: Instance,
  request: Request,
  how: { readonly fails: boolean; readonly slow: boolean },
): Operation {
  let delay = how.slow ? SLOW_REQUEST_DELAY : 0
  const wait = (min: number, max: number): Micros => {
    const time = Math.round(simulation.random.between(min, max) * SECOND)
    if (max <= 1 || delay === 0) return time
    delay = 0
    return time + SLOW_REQUEST_DELAY
  }
  const periodBeginning = (): Micros => Math.floor(simulation.now() / simulation.auditPeriod) * simulation.auditPeriod
  const update = (oldState: string, oldTask: string | null, oldName: string | null, host: string): void => {
    const change = { oldState, oldTask, oldName }
    const publishers = oldName === null ? computePublishers(host) : apiPublishers(host)
    simulation.emit(updateNotification(instance, request, change, publishers, periodBeginning(), simulation.now()))
  }
  return {
    ...simulation,
    deployment: instance.deployment,
    instance,
    request,
    ...how,
    wait,
    notify: (name, phase, details = {}) => simulation.emit(actionNotification(instance, request, name, phase, details)),
    setTask: (task) => {
      instance.task = task
      update(instance.state, task, null, instance.deployment.controller)
      instance.updatedAt = simulation.now()
    },
    save: (news, host) => {
      const { state, task, displayName } = instance
      instance.state = news.state ?? state
      if (news.task !== undefined) instance.task = news.task
      instance.displayName = news.displayName ?? displayName
      instance.updatedAt = simulation.now()
      update(state, task, news.displayName === undefined ? null : displayName, host)
    },
    launch: () => {
      const at = simulation.now()
      instance.launchedAt = at
      instance.launched = { at, flavor: instance.flavor, image: instance.image, repeatedAt: null }
      return at
    },
    exists: (host, { elevated, image }) => {
      const existence = { beginning: periodBeginning(), ending: simulation.now(), host, elevated }
      simulation.emitExistsOf(instance, request, image === undefined ? existence : { ...existence, image })
    },
    truncatedLaunch: () => floorSecond(instance.launchedAt ?? instance.createdAt),
  }
}
