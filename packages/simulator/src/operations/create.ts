import type { Fault } from '../fault.ts'
import { buildAborted, interfaceFailed, noValidHost, resourcesUnavailable, retriesExceeded } from '../fault.ts'
import type { Wish } from '../formats/requestSpec.ts'
import { versionedKeypairs } from '../formats/versioned.ts'
import type { JsonObject } from '../json.ts'
import { buildFailedNotice, selectNotice } from '../notices/scheduling.ts'
import { updateNotice } from '../notices/update.ts'
import type { Stage, Story } from '../stage.ts'
import { otherHost } from '../world/deployment.ts'
import { createAddress, type Instance } from '../world/instance.ts'

function wishOf({ instance, request }: Stage, count: number): Wish {
  return { instance, flavor: instance.flavor, count, request, kind: 'create' }
}

function createHead(instance: Instance): JsonObject {
  return {
    keypairs: versionedKeypairs(instance),
    tags: [],
    trusted_image_certificates: null,
    instance_name: `instance-${instance.number.toString(16).padStart(8, '0')}`,
  }
}

/** The conductor has a host for it and writes the instance down. */
function conductorSaves({ instance, request, auditPeriod, now, emit }: Stage): void {
  const publisher = { service: 'conductor', host: instance.deployment.controller }
  const change = { oldState: instance.state, oldTask: instance.task, oldName: null }
  const beginning = Math.floor(now() / auditPeriod) * auditPeriod
  emit(updateNotice(instance, request, change, { classic: publisher, versioned: publisher }, beginning, now()))
}

/** From the arrival on `host` up to the driver's spawn. */
function* arrive(stage: Stage, host: string): Story {
  const { instance } = stage
  stage.save({ task: null }, host)
  yield stage.wait(0.01, 0.05)
  stage.notify('create', 'start', {
    host,
    tail: { image_name: instance.image.name },
    head: createHead(instance),
    launch: { flavor: instance.flavor },
  })
  yield stage.wait(0.05, 0.3)
  instance.host = host
  stage.save({}, host)
  yield stage.wait(0.2, 2)
  instance.task = 'networking'
  stage.save({}, host)
  yield stage.wait(0.5, 4)
  stage.save({ task: 'block_device_mapping' }, host)
  yield stage.wait(0.1, 1)
  instance.addresses = [createAddress(stage.random)]
  stage.save({ task: 'spawning' }, host)
}

/** The build on `host` succeeds. */
function* launch(stage: Stage, host: string): Story {
  const { instance } = stage
  yield stage.wait(3, 50)
  const launchedAt = stage.launch()
  yield stage.wait(0.02, 0.08)
  stage.save({ state: 'active', task: null }, host)
  yield stage.wait(0.01, 0.06)
  stage.notify('create', 'end', {
    tail: { message: 'Success' },
    head: createHead(instance),
    launch: { flavor: instance.flavor, launchedAt },
  })
}

/** The build on `host` fails: what was made is taken down, and the instance belongs to no host again. */
function* abandon(stage: Stage, host: string, fault: Fault): Story {
  const { instance } = stage
  yield stage.wait(2, 20)
  stage.notify('shutdown', 'start')
  yield stage.wait(0.2, 2)
  stage.notify('shutdown', 'end')
  yield stage.wait(0.05, 0.2)
  instance.host = null
  stage.save({}, host)
  yield stage.wait(0.03, 0.1)
  // The error still shows the host that failed.
  instance.host = host
  stage.notify('create', 'error', { fault, head: createHead(instance) })
  instance.host = null
  instance.addresses = []
  yield stage.wait(0.03, 0.1)
  stage.save({}, host)
}

/** No host has room: the conductor gives up before any compute host hears of it. */
function* refuse(stage: Stage): Story {
  const { controller } = stage.deployment
  stage.save({ state: 'error', task: null }, controller)
  yield stage.wait(0.05, 0.2)
  stage.emit(buildFailedNotice(wishOf(stage, 1), noValidHost()))
}

/** Both hosts that were chosen failed, or the first so that no other is tried. */
function* giveUp(stage: Stage, host: string, retried: boolean): Story {
  const { instance } = stage
  yield stage.wait(0.03, 0.1)
  if (!retried) {
    stage.save({ state: 'error', task: null }, host)
    return
  }
  stage.save({ task: 'scheduling' }, host)
  yield stage.wait(0.05, 0.2)
  stage.save({ state: 'error', task: null }, stage.deployment.controller)
  yield stage.wait(0.05, 0.3)
  stage.emit(buildFailedNotice(wishOf(stage, 1), retriesExceeded(instance.uuid)))
}

/** The conductor passes an instance that failed on `host` on to the next host. */
function* passOn(stage: Stage, host: string): Story {
  yield stage.wait(0.02, 0.1)
  stage.save({ task: 'scheduling' }, host)
  yield stage.wait(0.1, 0.3)
  stage.save({}, stage.deployment.controller)
  yield stage.wait(0.1, 0.3)
}

/** How a create ends. */
export type Outcome = 'success' | 'noValidHost' | 'rescheduled' | 'exhausted' | 'aborted'

/** One instance's build, once the scheduler has spoken; `outcome` is decided when it is asked for. */
export function* build(stage: Stage, outcome: Outcome): Story {
  const { instance, random } = stage
  const first = random.pick(stage.deployment.hosts)
  instance.zone = 'nova'
  conductorSaves(stage)
  yield stage.wait(0.1, 0.4)
  yield* arrive(stage, first)
  if (outcome === 'success') return yield* launch(stage, first)
  if (outcome === 'aborted') {
    const fault = random.chance(0.5) ? interfaceFailed() : buildAborted(instance.uuid)
    yield* abandon(stage, first, fault)
    return yield* giveUp(stage, first, false)
  }
  const second = otherHost(stage.deployment, first, random)
  yield* abandon(stage, first, resourcesUnavailable())
  yield* passOn(stage, first)
  yield* arrive(stage, second)
  if (outcome === 'rescheduled') return yield* launch(stage, second)
  yield* abandon(stage, second, resourcesUnavailable())
  yield* giveUp(stage, second, true)
}

/** One request for one or more instances, whose stages share the request. */
export function* create(first: Stage, others: readonly Stage[], outcome: Outcome): Story {
  if (outcome === 'noValidHost') {
    yield first.wait(0.3, 1)
    return yield* refuse(first)
  }
  const wish = wishOf(first, 1 + others.length)
  yield first.wait(0.2, 0.6)
  first.emit(selectNotice(wish, 'start'))
  yield first.wait(0.05, 0.4)
  first.emit(selectNotice(wish, 'end'))
  yield first.wait(0.05, 0.2)
  for (const stage of others) {
    stage.begin(build(stage, 'success'))
    yield stage.wait(0.03, 0.2)
  }
  yield* build(first, outcome)
}
