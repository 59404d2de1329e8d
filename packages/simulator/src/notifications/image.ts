import type { Json, JsonObject } from '../core/json.ts'
import { floorSecond, isoSeconds, type Micros, spacedShort } from '../core/time.ts'
import type { Deployment } from '../world/deployment.ts'
import type { GlanceImage } from '../world/glanceImage.ts'
import type { User } from '../world/tenant.ts'
import type { Facts, ImageFact, Notification } from './notification.ts'

type ImageEvent =
  | 'image.create'
  | 'image.update'
  | 'image.prepare'
  | 'image.upload'
  | 'image.activate'
  | 'image.delete'
  | 'image.send'
  | 'image.exists'

function glanceNotification(
  deployment: Deployment,
  eventType: ImageEvent,
  payload: Json,
  facts: Partial<Facts> = {},
): Notification {
  return {
    deployment,
    exchange: 'glance',
    priority: typeof payload === 'string' ? 'ERROR' : 'INFO',
    request: null,
    elevated: false,
    instance: null,
    classic: {
      eventType,
      storedEvent: eventType,
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

/** Glance sends times in whole seconds. */
function imageFact(image: GlanceImage): ImageFact {
  return {
    uuid: image.id,
    createdAt: floorSecond(image.createdAt),
    owner: image.owner,
    size: image.size,
    deletedAt: image.deletedAt === null ? null : floorSecond(image.deletedAt),
  }
}

/**
 * A notification with the whole image.
 *
 * @param extraFields payload fields after the image's own
 * @param becomesActive whether this is the image's first notification in state active, without an activate after it
 */
export function imageNotification(
  image: GlanceImage,
  eventType: ImageEvent,
  extraFields: JsonObject = {},
  { becomesActive }: { readonly becomesActive: boolean } = { becomesActive: eventType === 'image.activate' },
): Notification {
  const facts = becomesActive
    ? { imageUsage: imageFact(image) }
    : eventType === 'image.delete'
      ? { imageDelete: imageFact(image) }
      : {}
  return glanceNotification(image.deployment, eventType, { ...imagePayload(image), ...extraFields }, facts)
}

/** `image.upload` of a failed upload: its payload is a plain string. */
export function uploadFailedNotification(image: GlanceImage): Notification {
  const reason = `Error in store configuration. Adding images to store is disabled: ${image.id}`
  return glanceNotification(image.deployment, 'image.upload', reason)
}

/** `image.send`: a download. */
export function imageSendNotification(image: GlanceImage, receiver: { tenant: string; user: User }): Notification {
  return glanceNotification(image.deployment, 'image.send', {
    bytes_sent: image.size,
    image_id: image.id,
    owner_id: image.owner,
    receiver_tenant_id: receiver.tenant,
    receiver_user_id: receiver.user.id,
  })
}

/**
 * `image.exists`, which only Rackspace's glance sends: the images that one owner had in the audit period.
 *
 * @param from inclusive, microseconds
 * @param until exclusive, microseconds
 */
export function imagesExistNotification(
  deployment: Deployment,
  owner: string,
  images: readonly GlanceImage[],
  from: Micros,
  until: Micros,
): Notification {
  const payload = {
    audit_period_beginning: spacedShort(from),
    audit_period_ending: spacedShort(until),
    owner,
    images: images.map(imagePayload),
  }
  const imageExists = { images: images.map(imageFact), from, until }
  return glanceNotification(deployment, 'image.exists', payload, { imageExists })
}
