import type { ActionName, Phase } from './actions.ts'
import type { Notice } from './notice.ts'
import { actionNotice, apiPublishers, computePublishers, type Details } from './notices/action.ts'
import type { Existence } from './notices/exists.ts'
import { updateNotice } from './notices/update.ts'
import type { Random } from './random.ts'
import { floorSecond, type Micros, minute, second } from './time.ts'
import type { Deployment } from './world/deployment.ts'
import type { BaseImage } from './world/image.ts'
import type { Instance, State } from './world/instance.ts'
import type { Request } from './world/request.ts'

/** What happens, told in order; each value is how long to wait (microseconds) before it goes on. */
export type Story = Generator<Micros, void, void>

/** The simulated world as a story sees it. */
export type Scene = {
  readonly random: Random
  /** The length of an audit period, microseconds. */
  readonly auditPeriod: Micros
  now(): Micros
  emit(notice: Notice): void
  /** Sends an exists about the instance, and what is planted in it. */
  tell(instance: Instance, request: Request, existence: Existence): void
  /** Lets another story run beside this one. */
  begin(story: Story): void
}

/** One request on one instance: what its story can do. */
export type Stage = Scene & {
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
  announce(task: string): void
  /** A service on `host` saves the instance with what is new. */
  save(news: { state?: State; task?: string | null; displayName?: string }, host: string): void
  /** The instance is up, by this moment: its launch time is now. */
  launch(): Micros
  /** The exists that an operation sends: the current period, up to now. */
  exists(host: string, options: { elevated: boolean; image?: BaseImage }): void
  /** The launch time as an instance handed on by RPC shows it. */
  cutLaunch(): Micros
}

/** By how much a slow request is slower: more than the half hour after which one counts as failed. */
export const slowness: Micros = 40 * minute

/** The stage of a request on `instance`; a slow one's first wait for something that takes more than a second is long. */
export function createStage(
  scene: Scene,
  instance: Instance,
  request: Request,
  how: { readonly fails: boolean; readonly slow: boolean },
): Stage {
  let delay = how.slow ? slowness : 0
  const wait = (min: number, max: number): Micros => {
    const time = Math.round(scene.random.between(min, max) * second)
    if (max <= 1 || delay === 0) return time
    delay = 0
    return time + slowness
  }
  const periodBeginning = (): Micros => Math.floor(scene.now() / scene.auditPeriod) * scene.auditPeriod
  const update = (oldState: string, oldTask: string | null, oldName: string | null, host: string): void => {
    const change = { oldState, oldTask, oldName }
    const publishers = oldName === null ? computePublishers(host) : apiPublishers(host)
    scene.emit(updateNotice(instance, request, change, publishers, periodBeginning(), scene.now()))
  }
  return {
    ...scene,
    deployment: instance.deployment,
    instance,
    request,
    ...how,
    wait,
    notify: (name, phase, details = {}) => scene.emit(actionNotice(instance, request, name, phase, details)),
    announce: (task) => {
      instance.task = task
      update(instance.state, task, null, instance.deployment.controller)
      instance.updatedAt = scene.now()
    },
    save: (news, host) => {
      const { state, task, displayName } = instance
      instance.state = news.state ?? state
      if (news.task !== undefined) instance.task = news.task
      instance.displayName = news.displayName ?? displayName
      instance.updatedAt = scene.now()
      update(state, task, news.displayName === undefined ? null : displayName, host)
    },
    launch: () => {
      const at = scene.now()
      instance.launchedAt = at
      instance.launched = { at, flavor: instance.flavor, image: instance.image, retoldAt: null }
      return at
    },
    exists: (host, { elevated, image }) => {
      const existence = { beginning: periodBeginning(), ending: scene.now(), host, elevated }
      scene.tell(instance, request, image === undefined ? existence : { ...existence, image })
    },
    cutLaunch: () => floorSecond(instance.launchedAt ?? instance.createdAt),
  }
}
