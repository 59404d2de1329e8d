import { imageNotification } from '../notifications/image.ts'
import type { GlanceImage } from '../world/glanceImage.ts'
import { createImage, uploadImage } from './images.ts'
import type { Operation, Steps } from './operation.ts'

/**
 * Creates an image of the instance: nova's and glance's notifications.
 *
 * @param onActive called if the upload succeeds
 */
export function* snapshot(operation: Operation, onActive: (image: GlanceImage) => void): Steps {
  const { instance } = operation
  const host = instance.host ?? operation.deployment.controller
  const image = createImage(operation, {
    deployment: operation.deployment,
    owner: instance.tenant.id,
    name: `${instance.displayName}-snapshot`,
    properties: {
      image_type: 'snapshot',
      instance_uuid: instance.uuid,
      user_id: instance.owner.id,
      base_image_ref: instance.image.id,
      image_state: 'available',
      owner_id: instance.tenant.id,
    },
    tags: [],
    minDisk: instance.flavor.rootGb,
  })
  operation.emit(imageNotification(image, 'image.create'))
  yield operation.wait(0.05, 0.2)
  operation.setTask('image_snapshot_pending')
  yield operation.wait(0.02, 0.1)
  operation.save({ task: 'image_snapshot' }, host)
  yield operation.wait(0.02, 0.1)
  operation.save({}, host)
  const versionedFields = { snapshot_image_id: image.id }
  yield operation.wait(0.005, 0.03)
  operation.notify('snapshot', 'start', { versionedFields })
  yield operation.wait(2, 20)
  operation.save({ task: 'image_uploading' }, host)
  yield* uploadImage(operation, image, operation.fails)
  if (image.status === 'active') onActive(image)
  yield operation.wait(0.05, 0.3)
  operation.save({ task: null }, host)
  // A failed snapshot has no end.
  if (image.status !== 'active') return
  yield operation.wait(0.005, 0.03)
  operation.notify('snapshot', 'end', { versionedFields })
}
