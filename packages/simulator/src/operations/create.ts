import type { JsonObject } from '../core/json.ts'
import type { RequestSpec } from '../formats/requestSpec.ts'
import { versionedKeypairs } from '../formats/versioned.ts'
import { buildFailedNotification, selectDestinationsNotification } from '../notifications/scheduling.ts'
import { updateNotification } from '../notifications/update.ts'
import { otherHost } from '../world/deployment.ts'
import { createAddress, type Instance } from '../world/instance.ts'
import type { NovaException } from '../world/novaException.ts'
import {
  buildAborted,
  interfaceFailed,
  noValidHost,
  resourcesUnavailable,
  retriesExceeded,
} from '../world/novaException.ts'
import type { Operation, Steps } from './operation.ts'

function specOf({ instance, request }: Operation, count: number): RequestSpec {
  return { instance, flavor: instance.flavor, count, request, kind: 'create' }
}

function createFields(instance: Instance): JsonObject {
  return {
    keypairs: versionedKeypairs(instance),
    tags: [],
    trusted_image_certificates: null,
    instance_name: `instance-${instance.number.toString(16).padStart(8, '0')}`,
  }
}

/** The conductor saves the instance after the scheduler has chosen a host. */
function conductorSaves({ instance, request, auditPeriod, now, emit }: Operation): void {
  const publisher = { service: 'conductor', host: instance.deployment.controller }
  const change = { oldState: instance.state, oldTask: instance.task, oldName: null }
  const periodStart = Math.floor(now() / auditPeriod) * auditPeriod
  emit(updateNotification(instance, request, change, { classic: publisher, versioned: publisher }, periodStart, now()))
}

/** From the request's arrival on `host` to the driver's spawn. */
function* prepareBuild(operation: Operation, host: string): Steps {
  const { instance } = operation
  operation.save({ task: null }, host)
  yield operation.wait(0.01, 0.05)
  operation.notify('create', 'start', {
    host,
    classicFields: { image_name: instance.image.name },
    versionedFields: createFields(instance),
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
    classicFields: { message: instance.deployment.successMessage },
    versionedFields: createFields(instance),
    launch: { flavor: instance.flavor, launchedAt },
  })
}

/** The build on `host` fails: nova cleans up, and the instance has no host again. */
function* failBuild(operation: Operation, host: string, exception: NovaException): Steps {
  const { instance } = operation
  yield operation.wait(2, 20)
  operation.notify('shutdown', 'start')
  yield operation.wait(0.2, 2)
  operation.notify('shutdown', 'end')
  yield operation.wait(0.05, 0.2)
  instance.host = null
  operation.save({}, host)
  yield operation.wait(0.03, 0.1)
  // The error still has the host that failed.
  instance.host = host
  operation.notify('create', 'error', { exception, versionedFields: createFields(instance) })
  instance.host = null
  instance.addresses = []
  yield operation.wait(0.03, 0.1)
  operation.save({}, host)
}

/** No host has enough room: the conductor gives up before it calls a compute host. */
function* failScheduling(operation: Operation): Steps {
  const { controller } = operation.deployment
  operation.save({ state: 'error', task: null }, controller)
  yield operation.wait(0.05, 0.2)
  operation.emit(buildFailedNotification(specOf(operation, 1), noValidHost()))
}

/** The build ends in state error: after a second host failed, or after an error that is not retried. */
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

/** The conductor sends an instance that failed on `host` to the next host. */
function* reschedule(operation: Operation, host: string): Steps {
  yield operation.wait(0.02, 0.1)
  operation.save({ task: 'scheduling' }, host)
  yield operation.wait(0.1, 0.3)
  operation.save({}, operation.deployment.controller)
  yield operation.wait(0.1, 0.3)
}

/** The result of a create. */
export type Outcome = 'success' | 'noValidHost' | 'rescheduled' | 'exhausted' | 'aborted'

/** Builds one instance after scheduling. */
export function* build(operation: Operation, outcome: Outcome): Steps {
  const { instance, random } = operation
  const firstHost = random.pick(operation.deployment.hosts)
  instance.zone = 'nova'
  conductorSaves(operation)
  yield operation.wait(0.1, 0.4)
  yield* prepareBuild(operation, firstHost)
  if (outcome === 'success') return yield* launch(operation, firstHost)
  if (outcome === 'aborted') {
    const exception = random.chance(0.5) ? interfaceFailed() : buildAborted(instance.uuid)
    yield* failBuild(operation, firstHost, exception)
    return yield* giveUp(operation, firstHost, false)
  }
  const secondHost = otherHost(operation.deployment, firstHost, random)
  yield* failBuild(operation, firstHost, resourcesUnavailable())
  yield* reschedule(operation, firstHost)
  yield* prepareBuild(operation, secondHost)
  if (outcome === 'rescheduled') return yield* launch(operation, secondHost)
  yield* failBuild(operation, secondHost, resourcesUnavailable())
  yield* giveUp(operation, secondHost, true)
}

/** Creates one or more instances with a single request. */
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
    operation.start(build(operation, 'success'))
    yield operation.wait(0.03, 0.2)
  }
  yield* build(first, outcome)
}
