import { versionedFlavor } from '../formats/versioned.ts'
import { selectDestinationsNotification } from '../notifications/scheduling.ts'
import type { Operation, Steps } from './operation.ts'
import { otherHost } from '../world/deployment.ts'
import type { Flavor } from '../world/flavor.ts'

function anotherFlavor({ instance, deployment, random }: Operation): Flavor {
  const i = deployment.flavors.indexOf(instance.flavor)
  const other = deployment.flavors[(i + random.int(1, deployment.flavors.length - 1)) % deployment.flavors.length]
  return other ?? instance.flavor
}

/** The target host takes the instance on. */
function* prepare(operation: Operation, target: string, flavor: Flavor): Steps {
  const { instance } = operation
  operation.exists(target, { elevated: false })
  yield operation.wait(0.01, 0.05)
  const head = { new_flavor: versionedFlavor(flavor) }
  const launch = { flavor: instance.flavor, launchedAt: operation.truncatedLaunch() }
  operation.notify('resizePrep', 'start', { host: target, head, launch })
  yield operation.wait(0.03, 0.1)
  operation.save({ task: 'resize_prep' }, target)
  yield operation.wait(0.1, 0.5)
  const tail = { new_instance_type: flavor.name, new_instance_type_id: flavor.id }
  operation.notify('resizePrep', 'end', { host: target, head, tail })
}

/** The source host lets it go, with its disk. */
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

/** A resize up to where its owner has to say whether it was right. */
export function* resize(operation: Operation): Steps {
  const { instance, deployment, request } = operation
  const former = instance.flavor
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
  yield* prepare(operation, target, flavor)
  yield* migrate(operation, source, target)

  yield operation.wait(0.05, 0.2)
  instance.flavor = flavor
  instance.previousFlavor = former
  instance.previousHost = source
  operation.save({ task: 'resize_finish' }, target)
  yield operation.wait(0.01, 0.1)
  operation.notify('finishResize', 'start', { launch: { flavor } })
  yield operation.wait(5, 60)
  const launchedAt = operation.launch()
  yield operation.wait(0.02, 0.08)
  operation.save({ state: 'resized', task: null }, target)
  yield operation.wait(0.01, 0.05)
  operation.notify('finishResize', 'end', { launch: { flavor, launchedAt } })
}

/** The resize was right: the source host forgets the instance. */
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

/** The resize was wrong: back to the old host and flavor. The launch counts anew. */
export function* revertResize(operation: Operation): Steps {
  const { instance } = operation
  const target = instance.host ?? operation.deployment.controller
  const source = instance.previousHost ?? target
  const former = instance.previousFlavor ?? instance.flavor
  operation.setTask('resize_reverting')
  yield operation.wait(0.03, 0.1)
  operation.exists(target, { elevated: false })
  yield operation.wait(0.3, 3)
  const launch = { flavor: instance.flavor, launchedAt: operation.truncatedLaunch() }
  operation.notify('resizeRevert', 'start', { host: source, launch })
  yield operation.wait(0.02, 0.1)
  instance.host = source
  instance.flavor = former
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
  operation.notify('resizeRevert', 'end', { launch: { flavor: former, launchedAt } })
  yield operation.wait(0.02, 0.1)
  operation.save({}, source)
}
