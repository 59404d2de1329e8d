import type { NovaException } from '../world/novaException.ts'
import { buildAborted, interfaceFailed, noValidHost, resourcesUnavailable, retriesExceeded } from '../world/novaException.ts'
import type { RequestSpec } from '../formats/requestSpec.ts'
import { versionedKeypairs } from '../formats/versioned.ts'
import type { JsonObject } from '../core/json.ts'
import { buildFailedNotification, selectDestinationsNotification } from '../notifications/scheduling.ts'
import { updateNotification } from '../notifications/update.ts'
import type { Operation, Steps } from './operation.ts'
import { otherHost } from '../world/deployment.ts'
import { createAddress, type Instance } from '../world/instance.ts'

function specOf({ instance, request }: Operation, count: number): RequestSpec {
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
function conductorSaves({ instance, request, auditPeriod, now, emit }: Operation): void {
  const publisher = { service: 'conductor', host: instance.deployment.controller }
  const change = { oldState: instance.state, oldTask: instance.task, oldName: null }
  const beginning = Math.floor(now() / auditPeriod) * auditPeriod
  emit(updateNotification(instance, request, change, { classic: publisher, versioned: publisher }, beginning, now()))
}

/** From the arrival on `host` up to the driver's spawn. */
function* prepareBuild(operation: Operation, host: string): Steps {
  const { instance } = operation
  operation.save({ task: null }, host)
  yield operation.wait(0.01, 0.05)
  operation.notify('create', 'start', {
    host,
    tail: { image_name: instance.image.name },
    head: createHead(instance),
    launch: { flavor: instance.flavor },
  })
  yield operation.wait(0.05, 0.3)
  instance.host = host
  operation.save({}, host)
  yield operation.wait(0.2, 2)
  instance.task = 'networking'
  operation.save({}, host)
  yield operation.wait(0.5, 4)
  operation.save({ task: 'block_device_mapping' }, host)
  yield operation.wait(0.1, 1)
  instance.addresses = [createAddress(operation.random)]
  operation.save({ task: 'spawning' }, host)
}

/** The build on `host` succeeds. */
function* launch(operation: Operation, host: string): Steps {
  const { instance } = operation
  yield operation.wait(3, 50)
  const launchedAt = operation.launch()
  yield operation.wait(0.02, 0.08)
  operation.save({ state: 'active', task: null }, host)
  yield operation.wait(0.01, 0.06)
  operation.notify('create', 'end', {
    tail: { message: 'Success' },
    head: createHead(instance),
    launch: { flavor: instance.flavor, launchedAt },
  })
}

/** The build on `host` fails: what was made is taken down, and the instance belongs to no host again. */
function* failBuild(operation: Operation, host: string, fault: NovaException): Steps {
  const { instance } = operation
  yield operation.wait(2, 20)
  operation.notify('shutdown', 'start')
  yield operation.wait(0.2, 2)
  operation.notify('shutdown', 'end')
  yield operation.wait(0.05, 0.2)
  instance.host = null
  operation.save({}, host)
  yield operation.wait(0.03, 0.1)
  // The error still shows the host that failed.
  instance.host = host
  operation.notify('create', 'error', { fault, head: createHead(instance) })
  instance.host = null
  instance.addresses = []
  yield operation.wait(0.03, 0.1)
  operation.save({}, host)
}

/** No host has room: the conductor gives up before any compute host hears of it. */
function* failScheduling(operation: Operation): Steps {
  const { controller } = operation.deployment
  operation.save({ state: 'error', task: null }, controller)
  yield operation.wait(0.05, 0.2)
  operation.emit(buildFailedNotification(specOf(operation, 1), noValidHost()))
}

/** Both hosts that were chosen failed, or the first so that no other is tried. */
function* giveUp(operation: Operation, host: string, retried: boolean): Steps {
  const { instance } = operation
  yield operation.wait(0.03, 0.1)
  if (!retried) {
    operation.save({ state: 'error', task: null }, host)
    return
  }
  operation.save({ task: 'scheduling' }, host)
  yield operation.wait(0.05, 0.2)
  operation.save({ state: 'error', task: null }, operation.deployment.controller)
  yield operation.wait(0.05, 0.3)
  operation.emit(buildFailedNotification(specOf(operation, 1), retriesExceeded(instance.uuid)))
}

/** The conductor passes an instance that failed on `host` on to the next host. */
function* reschedule(operation: Operation, host: string): Steps {
  yield operation.wait(0.02, 0.1)
  operation.save({ task: 'scheduling' }, host)
  yield operation.wait(0.1, 0.3)
  operation.save({}, operation.deployment.controller)
  yield operation.wait(0.1, 0.3)
}

/** How a create ends. */
export type Outcome = 'success' | 'noValidHost' | 'rescheduled' | 'exhausted' | 'aborted'

/** One instance's build, once the scheduler has spoken; `outcome` is decided when it is asked for. */
export function* build(operation: Operation, outcome: Outcome): Steps {
  const { instance, random } = operation
  const first = random.pick(operation.deployment.hosts)
  instance.zone = 'nova'
  conductorSaves(operation)
  yield operation.wait(0.1, 0.4)
  yield* prepareBuild(operation, first)
  if (outcome === 'success') return yield* launch(operation, first)
  if (outcome === 'aborted') {
    const fault = random.chance(0.5) ? interfaceFailed() : buildAborted(instance.uuid)
    yield* failBuild(operation, first, fault)
    return yield* giveUp(operation, first, false)
  }
  const second = otherHost(operation.deployment, first, random)
  yield* failBuild(operation, first, resourcesUnavailable())
  yield* reschedule(operation, first)
  yield* prepareBuild(operation, second)
  if (outcome === 'rescheduled') return yield* launch(operation, second)
  yield* failBuild(operation, second, resourcesUnavailable())
  yield* giveUp(operation, second, true)
}

/** One request for one or more instances, whose stages share the request. */
export function* create(first: Operation, others: readonly Operation[], outcome: Outcome): Steps {
  if (outcome === 'noValidHost') {
    yield first.wait(0.3, 1)
    return yield* failScheduling(first)
  }
  const spec = specOf(first, 1 + others.length)
  yield first.wait(0.2, 0.6)
  first.emit(selectDestinationsNotification(spec, 'start'))
  yield first.wait(0.05, 0.4)
  first.emit(selectDestinationsNotification(spec, 'end'))
  yield first.wait(0.05, 0.2)
  for (const operation of others) {
    operation.begin(build(operation, 'success'))
    yield operation.wait(0.03, 0.2)
  }
  yield* build(first, outcome)
}
