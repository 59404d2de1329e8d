import { SECOND } from '../core/time.ts'
import { imageNotification, imageSendNotification, uploadFailedNotification } from '../notifications/image.ts'
import type { GlanceImage } from '../world/glanceImage.ts'
import type { User } from '../world/tenant.ts'
import type { Simulation, Steps } from './operation.ts'

/** Creates an image in state queued. */
export function createImage(
  simulation: Simulation,
  properties: Pick<GlanceImage, 'deployment' | 'owner' | 'name' | 'properties' | 'tags' | 'minDisk'>,
): GlanceImage {
  const now = simulation.now()
  return {
    ...properties,
    id: simulation.random.uuid(),
    createdAt: now,
    updatedAt: now,
    status: 'queued',
    deletedAt: null,
    size: null,
    checksum: null,
  }
}

/** Uploads the image's data, or fails to. */
export function* uploadImage(simulation: Simulation, image: GlanceImage, fails: boolean): Steps {
  const { random } = simulation
  const stores = { os_glance_importing_to_stores: [], os_glance_failed_import: [] }
  yield Math.round(random.between(0.1, 0.5) * SECOND)
  image.status = 'saving'
  image.updatedAt = simulation.now()
  simulation.emit(imageNotification(image, 'image.update'))
  yield Math.round(random.between(0.01, 0.1) * SECOND)
  simulation.emit(imageNotification(image, 'image.prepare', { ...stores, backend: 'fs' }))
  yield Math.round(random.between(1, 20) * SECOND)
  if (fails) {
    simulation.emit(uploadFailedNotification(image))
    image.status = 'queued'
    return
  }
  image.status = 'active'
  image.size = random.int(10_000_000, 4_000_000_000)
  image.checksum = random.hex(4)
  image.updatedAt = simulation.now()
  simulation.emit(imageNotification(image, 'image.upload', stores))
  yield Math.round(random.between(0.002, 0.02) * SECOND)
  simulation.emit(imageNotification(image, 'image.activate'))
}

/** glance imports the image's data in a task of its own: the image becomes active by an update, without an activate. */
export function* importByTask(simulation: Simulation, image: GlanceImage): Steps {
  const { random } = simulation
  simulation.emit(imageNotification(image, 'image.create'))
  yield Math.round(random.between(1, 5) * SECOND)
  image.status = 'importing'
  image.updatedAt = simulation.now()
  simulation.emit(imageNotification(image, 'image.update'))
  yield Math.round(random.between(10, 60) * SECOND)
  image.status = 'active'
  image.size = random.int(10_000_000, 4_000_000_000)
  image.checksum = random.hex(4)
  image.updatedAt = simulation.now()
  simulation.emit(imageNotification(image, 'image.update', {}, { becomesActive: true }))
}

/** A user uploads an image. @param onActive called if the upload succeeds */
export function* importImage(simulation: Simulation, image: GlanceImage, fails: boolean, onActive: () => void): Steps {
  simulation.emit(imageNotification(image, 'image.create'))
  yield* uploadImage(simulation, image, fails)
  if (image.status === 'active') onActive()
}

/** Adds the image's tag `golden`, or removes its tags. */
export function* updateImage(simulation: Simulation, image: GlanceImage): Steps {
  yield Math.round(simulation.random.between(0.01, 0.1) * SECOND)
  image.updatedAt = simulation.now()
  image.tags = image.tags.includes('golden') ? [] : ['golden', ...image.tags]
  simulation.emit(imageNotification(image, 'image.update'))
}

/** A user downloads the image. */
export function* sendImage(
  simulation: Simulation,
  image: GlanceImage,
  receiver: { tenant: string; user: User },
): Steps {
  yield Math.round(simulation.random.between(0.5, 20) * SECOND)
  simulation.emit(imageSendNotification(image, receiver))
}

/** Deletes the image. */
export function* deleteImage(simulation: Simulation, image: GlanceImage): Steps {
  yield Math.round(simulation.random.between(0.05, 0.5) * SECOND)
  image.status = 'deleted'
  image.deletedAt = simulation.now()
  image.updatedAt = image.deletedAt
  simulation.emit(imageNotification(image, 'image.delete'))
}
