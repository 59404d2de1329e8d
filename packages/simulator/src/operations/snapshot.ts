import { createImage, imageNotification, uploadImage } from './images.ts'
import type { Operation, Steps } from './operation.ts'
import type { GlanceImage } from '../world/glanceImage.ts'

/** nova makes an image of the instance: its own notifications, with glance's between them. */
export function* snapshot(operation: Operation, keep: (image: GlanceImage) => void): Steps {
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
  const head = { snapshot_image_id: image.id }
  yield operation.wait(0.005, 0.03)
  operation.notify('snapshot', 'start', { head })
  yield operation.wait(2, 20)
  operation.save({ task: 'image_uploading' }, host)
  yield* uploadImage(operation, image, operation.fails)
  if (image.status === 'active') keep(image)
  yield operation.wait(0.05, 0.3)
  operation.save({ task: null }, host)
  // Without an image there is no end either.
  if (image.status !== 'active') return
  yield operation.wait(0.005, 0.03)
  operation.notify('snapshot', 'end', { head })
}
