import type { Json, JsonObject } from '../core/json.ts'
import type { Facts, ImageFact, Notification } from '../notifications/notification.ts'
import type { Simulation, Steps } from './operation.ts'
import { floorSecond, isoSeconds, SECOND, spacedShort } from '../core/time.ts'
import type { Deployment } from '../world/deployment.ts'
import type { GlanceImage } from '../world/glanceImage.ts'
import type { User } from '../world/tenant.ts'

type ImageEvent =
  | 'image.create'
  | 'image.update'
  | 'image.prepare'
  | 'image.upload'
  | 'image.activate'
  | 'image.delete'
  | 'image.send'
  | 'image.exists'

function glanceNotification(deployment: Deployment, event: ImageEvent, payload: Json, facts: Partial<Facts> = {}): Notification {
  return {
    deployment,
    exchange: 'glance',
    priority: typeof payload === 'string' ? 'ERROR' : 'INFO',
    request: null,
    elevated: false,
    instance: null,
    classic: {
      event,
      known: event,
      publisher: { service: 'image', host: deployment.imageHost },
      hasInstance: false,
      payload: () => payload,
    },
    versioned: null,
    facts: { state: '', oldTask: '', phase: null, ...facts },
  }
}

function imagePayload(image: GlanceImage): JsonObject {
  return {
    id: image.id,
    name: image.name,
    status: image.status,
    created_at: isoSeconds(image.createdAt),
    updated_at: isoSeconds(image.updatedAt),
    min_disk: image.minDisk,
    min_ram: 128,
    protected: false,
    checksum: image.checksum,
    owner: image.owner,
    disk_format: 'qcow2',
    container_format: 'bare',
    size: image.size,
    virtual_size: null,
    is_public: false,
    visibility: 'shared',
    properties: image.properties,
    tags: image.tags,
    deleted: image.deletedAt !== null,
    deleted_at: image.deletedAt === null ? null : isoSeconds(image.deletedAt),
  }
}

/** What is to be known of an image; glance tells whole seconds. */
export function imageFact(image: GlanceImage): ImageFact {
  return {
    uuid: image.id,
    createdAt: floorSecond(image.createdAt),
    owner: image.owner,
    size: image.size,
    deletedAt: image.deletedAt === null ? null : floorSecond(image.deletedAt),
  }
}

/** A notification that shows the whole image. */
export function imageNotification(image: GlanceImage, event: ImageEvent, more: JsonObject = {}): Notification {
  const facts =
    event === 'image.activate'
      ? { imageUsage: imageFact(image) }
      : event === 'image.delete'
        ? { imageDelete: imageFact(image) }
        : {}
  return glanceNotification(image.deployment, event, { ...imagePayload(image), ...more }, facts)
}

/** A new image, queued. */
export function createImage(
  simulation: Simulation,
  about: Pick<GlanceImage, 'deployment' | 'owner' | 'name' | 'properties' | 'tags' | 'minDisk'>,
): GlanceImage {
  const now = simulation.now()
  return {
    ...about,
    id: simulation.random.uuid(),
    createdAt: now,
    updatedAt: now,
    status: 'queued',
    deletedAt: null,
    size: null,
    checksum: null,
  }
}

/** The image's bytes prepareBuild, or do not: then glance sends an error whose payload is a bare string. */
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
    const reason = `Error in store configuration. Adding images to store is disabled: ${image.id}`
    simulation.emit(glanceNotification(image.deployment, 'image.upload', reason))
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

/** A user uploads an image of their own. */
export function* importImage(simulation: Simulation, image: GlanceImage, fails: boolean, keep: () => void): Steps {
  simulation.emit(imageNotification(image, 'image.create'))
  yield* uploadImage(simulation, image, fails)
  if (image.status === 'active') keep()
}

/** Something about the image is edited. */
export function* updateImage(simulation: Simulation, image: GlanceImage): Steps {
  yield Math.round(simulation.random.between(0.01, 0.1) * SECOND)
  image.updatedAt = simulation.now()
  image.tags = image.tags.includes('golden') ? [] : ['golden', ...image.tags]
  simulation.emit(imageNotification(image, 'image.update'))
}

/** The image is downloaded; who did it, and how much it was. */
export function* sendImage(simulation: Simulation, image: GlanceImage, receiver: { tenant: string; user: User }): Steps {
  yield Math.round(simulation.random.between(0.5, 20) * SECOND)
  const payload = {
    bytes_sent: image.size,
    image_id: image.id,
    owner_id: image.owner,
    receiver_tenant_id: receiver.tenant,
    receiver_user_id: receiver.user.id,
  }
  simulation.emit(glanceNotification(image.deployment, 'image.send', payload))
}

/** The image goes. */
export function* deleteImage(simulation: Simulation, image: GlanceImage): Steps {
  yield Math.round(simulation.random.between(0.05, 0.5) * SECOND)
  image.status = 'deleted'
  image.deletedAt = simulation.now()
  image.updatedAt = image.deletedAt
  simulation.emit(imageNotification(image, 'image.delete'))
}

/** What only Rackspace's glance sends: all images that one owner had in a period (its ends in microseconds). */
export function imagesExistNotification(
  deployment: Deployment,
  owner: string,
  images: readonly GlanceImage[],
  beginning: number,
  ending: number,
): Notification {
  const payload = {
    audit_period_beginning: spacedShort(beginning),
    audit_period_ending: spacedShort(ending),
    owner,
    images: images.map(imagePayload),
  }
  return glanceNotification(deployment, 'image.exists', payload, {
    imageExists: { images: images.map(imageFact), beginning, ending },
  })
}
