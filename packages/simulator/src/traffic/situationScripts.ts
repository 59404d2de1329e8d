import type { Situation } from '../core/situations.ts'
import { MINUTE, SECOND } from '../core/time.ts'
import { forceRemove, remove, removeInCrash, restore, softDelete } from '../operations/delete.ts'
import { createImage, deleteImage, importByTask, importImage } from '../operations/images.ts'
import { liveMigrate } from '../operations/liveMigrate.ts'
import type { Steps } from '../operations/operation.ts'
import { changePower } from '../operations/power.ts'
import { reboot, rebootWithoutEnd } from '../operations/reboot.ts'
import { confirmResize, resize, revertResize } from '../operations/resize.ts'
import { offload, shelve, unshelve } from '../operations/shelve.ts'
import type { GlanceImage } from '../world/glanceImage.ts'
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
  yield* act(scene, userOperation(scene, instance), softDelete)
  yield* nextAudit(scene)
  yield* nextAudit(scene)
  yield* pause(scene)
  yield* act(scene, periodicOperation(scene, instance), remove)
}

function* restored(scene: Scene): Steps {
  const instance = yield* launch(scene)
  yield* act(scene, userOperation(scene, instance), softDelete)
  yield* nextAudit(scene)
  yield* pause(scene)
  yield* act(scene, userOperation(scene, instance), restore)
  yield* nextAudit(scene)
  release(scene, instance)
}

function* pendingDelete(scene: Scene): Steps {
  const instance = yield* launch(scene)
  yield* act(scene, userOperation(scene, instance), softDelete)
}

function* hostDown(scene: Scene): Steps {
  const instance = yield* launch(scene)
  instance.unreachable = true
  yield* pause(scene)
  yield* act(scene, userOperation(scene, instance), forceRemove)
  yield* pause(scene)
  instance.unreachable = false
}

function* offloadedAndDeleted(scene: Scene): Steps {
  const instance = yield* launch(scene)
  yield* act(scene, userOperation(scene, instance), shelve)
  yield* pause(scene)
  yield* act(scene, userOperation(scene, instance), forceRemove)
}

function* auditedResize(scene: Scene): Steps {
  const instance = yield* launch(scene)
  yield* untilBeforeAudit(scene, 3 * MINUTE)
  yield* act(scene, duringAudit(scene, userOperation(scene, instance)), resize)
  yield* nextAudit(scene)
  yield* untilBeforeAudit(scene, MINUTE)
  yield* act(scene, duringAudit(scene, userOperation(scene, instance)), revertResize)
  release(scene, instance)
}

function* migratedBetweenAudits(scene: Scene): Steps {
  const instance = yield* launch(scene)
  yield* untilBeforeAudit(scene, 20 * SECOND)
  yield* act(scene, betweenAudits(scene, administratorOperation(scene, instance)), liveMigrate)
  yield* nextAudit(scene)
  release(scene, instance)
}

function* rescheduledResize(scene: Scene): Steps {
  const instance = yield* launch(scene)
  yield* act(scene, userOperation(scene, instance), (operation) => resize(operation, 'rescheduled'))
  yield* pause(scene)
  yield* act(scene, userOperation(scene, instance), confirmResize)
  release(scene, instance)
}

function* failedResize(scene: Scene): Steps {
  const instance = yield* launch(scene)
  yield* act(scene, userOperation(scene, instance), (operation) => resize(operation, 'failed'))
  yield* nextAudit(scene)
  yield* pause(scene)
  const reset = administratorOperation(scene, instance)
  reset.save({ state: 'active', task: null }, reset.deployment.controller)
  yield* act(scene, userOperation(scene, instance), reboot)
  release(scene, instance)
}

function* crashedDelete(scene: Scene): Steps {
  const instance = yield* launch(scene)
  const restart = () => periodicRequest(scene)
  yield* act(scene, userOperation(scene, instance), (operation) => removeInCrash(operation, restart))
}

function* hangingReboot(scene: Scene): Steps {
  const instance = yield* launch(scene)
  yield* act(scene, userOperation(scene, instance), rebootWithoutEnd)
}

/** @param offloads whether nova removes the instance from its host later; else the user unshelves it there */
function* shelvedOnHost(scene: Scene, offloads: boolean): Steps {
  const instance = yield* launch(scene)
  yield* act(scene, userOperation(scene, instance), (operation) => shelve(operation, false))
  yield* nextAudit(scene)
  yield* pause(scene)
  if (!offloads) {
    // The instance is still on its host: nova only starts it.
    yield* act(scene, userOperation(scene, instance), (operation) => changePower(operation, 'powerOn'))
    return release(scene, instance)
  }
  yield* act(scene, periodicOperation(scene, instance), offload)
  yield* pause(scene)
  yield* act(scene, userOperation(scene, instance), unshelve)
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

function* imported(scene: Scene): Steps {
  const image = newImage(scene, 'imported')
  yield* importByTask(scene.simulation, image)
  scene.population.images.push(image)
}

function* importedAndDeleted(scene: Scene): Steps {
  const image = newImage(scene, 'imported')
  yield* importByTask(scene.simulation, image)
  yield* pause(scene)
  yield* deleteImage(scene.simulation, image)
  scene.population.deletedImages.push(image)
}

function* failedUpload(scene: Scene): Steps {
  yield* importImage(scene.simulation, newImage(scene, 'too-large'), true, () => {})
}

/** The operations of each situation; those of the whole cloud have none. */
export const situationScripts: Readonly<Record<Situation, readonly ((scene: Scene) => Steps)[]>> = {
  'deferred-deletes': [reclaimed, restored, pendingDelete],
  'force-deletes': [hostDown, offloadedAndDeleted],
  'audited-resizes': [auditedResize],
  'shared-hours': [migratedBetweenAudits, rescheduledResize],
  'failed-resizes': [failedResize],
  'crashed-deletes': [crashedDelete],
  'stuck-operations': [hangingReboot],
  'shelved-instances': [(scene) => shelvedOnHost(scene, true), (scene) => shelvedOnHost(scene, false)],
  'imported-images': [imported, importedAndDeleted, failedUpload],
  'translated-messages': [],
  'dashed-projects': [],
  'format-switch': [],
}
