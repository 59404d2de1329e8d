import type { Situation } from '../core/situations.ts'
import { MINUTE, type Micros, SECOND } from '../core/time.ts'
import { forceRemove, remove, removeInCrash, restore, softDelete } from '../operations/delete.ts'
import { createImage, deleteImage, importByTask, importImage } from '../operations/images.ts'
import { liveMigrate } from '../operations/liveMigrate.ts'
import type { Steps } from '../operations/operation.ts'
import { changePower } from '../operations/power.ts'
import { reboot } from '../operations/reboot.ts'
import { confirmResize, resize, revertResize } from '../operations/resize.ts'
import { offload, shelve, unshelve } from '../operations/shelve.ts'
import type { GlanceImage } from '../world/glanceImage.ts'
import { removeUnordered } from '../world/population.ts'
import {
  act,
  administratorOperation,
  betweenAudits,
  duringAudit,
  launch,
  nextAudit,
  pause,
  periodicOperation,
  periodicRequest,
  release,
  type Scene,
  untilBeforeAudit,
  userOperation,
} from './situationInstances.ts'

function* reclaimed(scene: Scene): Steps {
  const instance = yield* launch(scene)
  const deferred = userOperation(scene, instance)
  yield* act(scene, deferred, softDelete(deferred))
  yield* nextAudit(scene)
  yield* nextAudit(scene)
  yield* pause(scene)
  const reclaim = periodicOperation(scene, instance)
  yield* act(scene, reclaim, remove(reclaim))
}

function* restored(scene: Scene): Steps {
  const instance = yield* launch(scene)
  const deferred = userOperation(scene, instance)
  yield* act(scene, deferred, softDelete(deferred))
  yield* nextAudit(scene)
  yield* pause(scene)
  const undone = userOperation(scene, instance)
  yield* act(scene, undone, restore(undone))
  yield* nextAudit(scene)
  release(scene, instance)
}

function* pendingDelete(scene: Scene): Steps {
  const instance = yield* launch(scene)
  const deferred = userOperation(scene, instance)
  yield* act(scene, deferred, softDelete(deferred))
}

function* hostDown(scene: Scene): Steps {
  const instance = yield* launch(scene)
  instance.unreachable = true
  yield* pause(scene)
  const operation = userOperation(scene, instance)
  yield* act(scene, operation, forceRemove(operation))
  yield* pause(scene)
  instance.unreachable = false
}

function* offloadedAndDeleted(scene: Scene): Steps {
  const instance = yield* launch(scene)
  const shelved = userOperation(scene, instance)
  yield* act(scene, shelved, shelve(shelved))
  yield* pause(scene)
  const operation = userOperation(scene, instance)
  yield* act(scene, operation, forceRemove(operation))
}

function* auditedResize(scene: Scene): Steps {
  const instance = yield* launch(scene)
  yield* untilBeforeAudit(scene, 3 * MINUTE)
  const resized = duringAudit(scene, userOperation(scene, instance))
  yield* act(scene, resized, resize(resized))
  yield* nextAudit(scene)
  yield* untilBeforeAudit(scene, MINUTE)
  const reverted = duringAudit(scene, userOperation(scene, instance))
  yield* act(scene, reverted, revertResize(reverted))
  release(scene, instance)
}

function* migratedBetweenAudits(scene: Scene): Steps {
  const instance = yield* launch(scene)
  yield* untilBeforeAudit(scene, 20 * SECOND)
  const operation = betweenAudits(scene, administratorOperation(scene, instance))
  yield* act(scene, operation, liveMigrate(operation))
  yield* nextAudit(scene)
  release(scene, instance)
}

function* rescheduledResize(scene: Scene): Steps {
  const instance = yield* launch(scene)
  const resized = userOperation(scene, instance)
  yield* act(scene, resized, resize(resized, 'rescheduled'))
  yield* pause(scene)
  const confirmed = userOperation(scene, instance)
  yield* act(scene, confirmed, confirmResize(confirmed))
  release(scene, instance)
}

function* failedResize(scene: Scene): Steps {
  const instance = yield* launch(scene)
  const failed = userOperation(scene, instance)
  yield* act(scene, failed, resize(failed, 'failed'))
  yield* nextAudit(scene)
  yield* pause(scene)
  const reset = administratorOperation(scene, instance)
  reset.save({ state: 'active', task: null }, reset.deployment.controller)
  const repaired = userOperation(scene, instance)
  yield* act(scene, repaired, reboot(repaired))
  release(scene, instance)
}

function* crashedDelete(scene: Scene): Steps {
  const instance = yield* launch(scene)
  const operation = userOperation(scene, instance)
  yield* act(
    scene,
    operation,
    removeInCrash(operation, () => periodicRequest(scene)),
  )
}

/** @param offloads whether nova removes the instance from its host later; else the user unshelves it there */
function* shelvedOnHost(scene: Scene, offloads: boolean): Steps {
  const instance = yield* launch(scene)
  const shelved = userOperation(scene, instance)
  yield* act(scene, shelved, shelve(shelved, false))
  yield* nextAudit(scene)
  yield* pause(scene)
  if (!offloads) {
    // The instance is still on its host: nova only starts it.
    const started = userOperation(scene, instance)
    yield* act(scene, started, changePower(started, 'powerOn'))
    return release(scene, instance)
  }
  const task = periodicOperation(scene, instance)
  yield* act(scene, task, offload(task, instance.host ?? task.deployment.controller))
  yield* pause(scene)
  const unshelved = userOperation(scene, instance)
  yield* act(scene, unshelved, unshelve(unshelved))
  release(scene, instance)
}

function newImage({ simulation, population, tenants }: Scene, name: string): GlanceImage {
  return createImage(simulation, {
    deployment: population.deployment,
    owner: simulation.random.pick(tenants).id,
    name,
    properties: { os_distro: 'debian', architecture: 'x86_64' },
    tags: [],
    minDisk: 10,
  })
}

/** @param deleted whether the image is deleted at the end */
function* imported(scene: Scene, deleted: boolean): Steps {
  const { simulation, population } = scene
  const image = newImage(scene, 'imported')
  yield* importByTask(simulation, image)
  population.images.push(image)
  if (!deleted) return
  // No other operation may choose it.
  removeUnordered(population.images, image)
  yield* pause(scene)
  yield* deleteImage(simulation, image)
  population.deletedImages.push(image)
}

function* failedUpload(scene: Scene): Steps {
  yield* importImage(scene.simulation, newImage(scene, 'too-large'), true, () => {})
}

/** The operations of each situation; those of the whole cloud have none. */
const scripts: Readonly<Record<Situation, readonly ((scene: Scene) => Steps)[]>> = {
  'deferred-deletes': [reclaimed, restored, pendingDelete],
  'force-deletes': [hostDown, offloadedAndDeleted],
  'audited-resizes': [auditedResize],
  'shared-hours': [migratedBetweenAudits, rescheduledResize],
  'failed-resizes': [failedResize],
  'crashed-deletes': [crashedDelete],
  'shelved-instances': [(scene) => shelvedOnHost(scene, true), (scene) => shelvedOnHost(scene, false)],
  'imported-images': [(scene) => imported(scene, true), (scene) => imported(scene, false), failedUpload],
  'translated-messages': [],
  'dashed-projects': [],
  'format-switch': [],
}

/** Audit periods from one start of the situations to the next; each ends in less time. */
const PERIODS_BETWEEN_STARTS = 4

/** The longest time from the start of the situations to their end, microseconds. */
export function spanOfSituations(auditPeriod: Micros): Micros {
  return PERIODS_BETWEEN_STARTS * auditPeriod
}

/**
 * Starts the operations of the situations in every deployment, and again every four audit periods.
 *
 * @param end only the first start may last longer, microseconds
 */
export function* situationTraffic(
  simulation: Scene['simulation'],
  scenes: readonly Scene[],
  situations: readonly Situation[],
  end: number,
): Steps {
  const { auditPeriod, random, now } = simulation
  const round = spanOfSituations(auditPeriod)
  for (;;) {
    for (const scene of scenes) {
      for (const script of situations.flatMap((situation) => scripts[situation])) {
        yield Math.round(random.between(0.5, 6) * SECOND)
        simulation.start(script(scene))
      }
    }
    if (now() + 2 * round > end) return
    yield round
  }
}
