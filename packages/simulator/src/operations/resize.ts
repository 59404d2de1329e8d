import { versionedFlavor } from '../formats/versioned.ts'
import { callFailedNotification } from '../notifications/callFailed.ts'
import { selectDestinationsNotification } from '../notifications/scheduling.ts'
import { otherHost } from '../world/deployment.ts'
import type { Flavor } from '../world/flavor.ts'
import { resourcesUnavailable, volumesUnavailable } from '../world/novaException.ts'
import type { Operation, Steps } from './operation.ts'

function anotherFlavor({ instance, deployment, random }: Operation): Flavor {
  const i = deployment.flavors.indexOf(instance.flavor)
  const other = deployment.flavors[(i + random.int(1, deployment.flavors.length - 1)) % deployment.flavors.length]
  return other ?? instance.flavor
}

/** Prepares the resize on the target host, or fails to. */
function* prepare(operation: Operation, target: string, flavor: Flavor, fails: boolean): Steps {
  const { instance } = operation
  operation.emitExists(target, { elevated: false })
  yield operation.wait(0.01, 0.05)
  const versionedFields = { new_flavor: versionedFlavor(flavor) }
  const launch = { flavor: instance.flavor, launchedAt: operation.truncatedLaunch() }
  operation.notify('resizePrep', 'start', { host: target, versionedFields, launch })
  yield operation.wait(0.03, 0.1)
  operation.save({ task: 'resize_prep' }, target)
  yield operation.wait(0.1, 0.5)
  if (fails) {
    operation.notify('resize', 'error', { host: target, exception: resourcesUnavailable() })
    yield operation.wait(0.02, 0.1)
  }
  const classicFields = { new_instance_type: flavor.name, new_instance_type_id: flavor.id }
  operation.notify('resizePrep', 'end', { host: target, versionedFields, classicFields })
}

/** Moves the instance and its disk from the source host. */
function* migrate(operation: Operation, source: string, target: string): Steps {
  const { instance } = operation
  yield operation.wait(0.05, 0.2)
  operation.save({ task: 'resize_migrating' }, source)
  yield operation.wait(0.01, 0.05)
  operation.notify('resize', 'start', { host: source })
  yield operation.wait(10, 120)
  instance.host = target
  operation.save({ task: 'resize_migrated' }, source)
  yield operation.wait(0.02, 0.1)
  operation.notify('resize', 'end', { host: source })
}

/** nova-compute fails on the target host: the instance keeps the new flavor and the old launch time. */
function* failOnTarget(operation: Operation, target: string): Steps {
  operation.save({ state: 'error' }, target)
  yield operation.wait(0.1, 0.3)
  operation.emit(callFailedNotification(operation.instance, operation.request, volumesUnavailable()))
  operation.instance.task = null
}

/** How a resize differs from a successful one. */
export type ResizeFault =
  /** The first target host rejects it: the conductor tries another one. */
  | 'rescheduled'
  /** The target host fails after `finish_resize.start`. */
  | 'failed'
  | null

/** Resizes up to the point where the user has to confirm or revert. */
export function* resize(operation: Operation, fault: ResizeFault = null): Steps {
  const { instance, deployment, request } = operation
  const previous = instance.flavor
  const flavor = anotherFlavor(operation)
  const source = instance.host ?? deployment.controller
  const target = otherHost(deployment, source, operation.random)
  operation.setTask('resize_prep')
  yield operation.wait(0.05, 0.3)
  const spec = { instance, flavor, count: 1, request, kind: 'move' } as const
  operation.emit(selectDestinationsNotification(spec, 'start'))
  yield operation.wait(0.05, 0.2)
  operation.emit(selectDestinationsNotification(spec, 'end'))
  yield operation.wait(0.05, 0.2)
  if (fault === 'rescheduled') {
    const rejecting = deployment.hosts.find((host) => host !== source && host !== target) ?? target
    yield* prepare(operation, rejecting, flavor, true)
    yield operation.wait(0.2, 0.6)
  }
  yield* prepare(operation, target, flavor, false)
  yield* migrate(operation, source, target)

  yield operation.wait(0.05, 0.2)
  operation.changeFlavor(flavor)
  instance.previousFlavor = previous
  instance.previousHost = source
  operation.save({ task: 'resize_finish' }, target)
  yield operation.wait(0.01, 0.1)
  operation.notify('finishResize', 'start', { launch: { flavor } })
  yield operation.wait(5, 60)
  if (fault === 'failed') return yield* failOnTarget(operation, target)
  const launchedAt = operation.launch()
  yield operation.wait(0.02, 0.08)
  operation.save({ state: 'resized', task: null }, target)
  yield operation.wait(0.01, 0.05)
  operation.notify('finishResize', 'end', { launch: { flavor, launchedAt } })
}

/** Confirms a resize: the source host drops the instance. */
export function* confirmResize(operation: Operation): Steps {
  const { instance } = operation
  const source = instance.previousHost ?? operation.deployment.controller
  yield operation.wait(0.05, 0.2)
  operation.notify('resizeConfirm', 'start', { host: source })
  yield operation.wait(0.5, 4)
  instance.previousFlavor = null
  instance.previousHost = null
  operation.save({ state: 'active', task: null }, source)
  yield operation.wait(0.02, 0.1)
  operation.notify('resizeConfirm', 'end', { host: source })
  yield operation.wait(0.05, 0.2)
  operation.save({}, source)
}

/** Reverts a resize: back to the previous host and flavor, with a new launch. */
export function* revertResize(operation: Operation): Steps {
  const { instance } = operation
  const target = instance.host ?? operation.deployment.controller
  const source = instance.previousHost ?? target
  const previous = instance.previousFlavor ?? instance.flavor
  operation.setTask('resize_reverting')
  yield operation.wait(0.03, 0.1)
  operation.emitExists(target, { elevated: false })
  yield operation.wait(0.3, 3)
  const launch = { flavor: instance.flavor, launchedAt: operation.truncatedLaunch() }
  operation.notify('resizeRevert', 'start', { host: source, launch })
  yield operation.wait(0.02, 0.1)
  instance.host = source
  operation.changeFlavor(previous)
  instance.previousFlavor = null
  instance.previousHost = null
  operation.save({}, source)
  yield operation.wait(2, 20)
  const launchedAt = operation.launch()
  yield operation.wait(0.02, 0.06)
  operation.save({}, source)
  yield operation.wait(0.02, 0.1)
  operation.save({ state: 'active', task: null }, source)
  yield operation.wait(0.02, 0.1)
  operation.notify('resizeRevert', 'end', { launch: { flavor: previous, launchedAt } })
  yield operation.wait(0.02, 0.1)
  operation.save({}, source)
}
