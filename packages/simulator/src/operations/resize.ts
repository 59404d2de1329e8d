import { versionedFlavor } from '../formats/versioned.ts'
import { selectNotice } from '../notices/scheduling.ts'
import type { Stage, Story } from '../stage.ts'
import { otherHost } from '../world/deployment.ts'
import type { Flavor } from '../world/flavor.ts'

function anotherFlavor({ instance, deployment, random }: Stage): Flavor {
  const i = deployment.flavors.indexOf(instance.flavor)
  const other = deployment.flavors[(i + random.int(1, deployment.flavors.length - 1)) % deployment.flavors.length]
  return other ?? instance.flavor
}

/** The target host takes the instance on. */
function* prepare(stage: Stage, target: string, flavor: Flavor): Story {
  const { instance } = stage
  stage.exists(target, { elevated: false })
  yield stage.wait(0.01, 0.05)
  const head = { new_flavor: versionedFlavor(flavor) }
  const launch = { flavor: instance.flavor, launchedAt: stage.cutLaunch() }
  stage.notify('resizePrep', 'start', { host: target, head, launch })
  yield stage.wait(0.03, 0.1)
  stage.save({ task: 'resize_prep' }, target)
  yield stage.wait(0.1, 0.5)
  const tail = { new_instance_type: flavor.name, new_instance_type_id: flavor.id }
  stage.notify('resizePrep', 'end', { host: target, head, tail })
}

/** The source host lets it go, with its disk. */
function* migrate(stage: Stage, source: string, target: string): Story {
  const { instance } = stage
  yield stage.wait(0.05, 0.2)
  stage.save({ task: 'resize_migrating' }, source)
  yield stage.wait(0.01, 0.05)
  stage.notify('resize', 'start', { host: source })
  yield stage.wait(10, 120)
  instance.host = target
  stage.save({ task: 'resize_migrated' }, source)
  yield stage.wait(0.02, 0.1)
  stage.notify('resize', 'end', { host: source })
}

/** A resize up to where its owner has to say whether it was right. */
export function* resize(stage: Stage): Story {
  const { instance, deployment, request } = stage
  const former = instance.flavor
  const flavor = anotherFlavor(stage)
  const source = instance.host ?? deployment.controller
  const target = otherHost(deployment, source, stage.random)
  stage.announce('resize_prep')
  yield stage.wait(0.05, 0.3)
  const wish = { instance, flavor, count: 1, request, kind: 'move' } as const
  stage.emit(selectNotice(wish, 'start'))
  yield stage.wait(0.05, 0.2)
  stage.emit(selectNotice(wish, 'end'))
  yield stage.wait(0.05, 0.2)
  yield* prepare(stage, target, flavor)
  yield* migrate(stage, source, target)

  yield stage.wait(0.05, 0.2)
  instance.flavor = flavor
  instance.formerFlavor = former
  instance.formerHost = source
  stage.save({ task: 'resize_finish' }, target)
  yield stage.wait(0.01, 0.1)
  stage.notify('finishResize', 'start', { launch: { flavor } })
  yield stage.wait(5, 60)
  const launchedAt = stage.launch()
  yield stage.wait(0.02, 0.08)
  stage.save({ state: 'resized', task: null }, target)
  yield stage.wait(0.01, 0.05)
  stage.notify('finishResize', 'end', { launch: { flavor, launchedAt } })
}

/** The resize was right: the source host forgets the instance. */
export function* confirmResize(stage: Stage): Story {
  const { instance } = stage
  const source = instance.formerHost ?? stage.deployment.controller
  yield stage.wait(0.05, 0.2)
  stage.notify('resizeConfirm', 'start', { host: source })
  yield stage.wait(0.5, 4)
  instance.formerFlavor = null
  instance.formerHost = null
  stage.save({ state: 'active', task: null }, source)
  yield stage.wait(0.02, 0.1)
  stage.notify('resizeConfirm', 'end', { host: source })
  yield stage.wait(0.05, 0.2)
  stage.save({}, source)
}

/** The resize was wrong: back to the old host and flavor. The launch counts anew. */
export function* revertResize(stage: Stage): Story {
  const { instance } = stage
  const target = instance.host ?? stage.deployment.controller
  const source = instance.formerHost ?? target
  const former = instance.formerFlavor ?? instance.flavor
  stage.announce('resize_reverting')
  yield stage.wait(0.03, 0.1)
  stage.exists(target, { elevated: false })
  yield stage.wait(0.3, 3)
  const launch = { flavor: instance.flavor, launchedAt: stage.cutLaunch() }
  stage.notify('resizeRevert', 'start', { host: source, launch })
  yield stage.wait(0.02, 0.1)
  instance.host = source
  instance.flavor = former
  instance.formerFlavor = null
  instance.formerHost = null
  stage.save({}, source)
  yield stage.wait(2, 20)
  const launchedAt = stage.launch()
  yield stage.wait(0.02, 0.06)
  stage.save({}, source)
  yield stage.wait(0.02, 0.1)
  stage.save({ state: 'active', task: null }, source)
  yield stage.wait(0.02, 0.1)
  stage.notify('resizeRevert', 'end', { launch: { flavor: former, launchedAt } })
  yield stage.wait(0.02, 0.1)
  stage.save({}, source)
}
