import { createImage, imageNotice, uploadImage } from '../images.ts'
import type { Stage, Story } from '../stage.ts'
import type { GlanceImage } from '../world/glanceImage.ts'

/** nova makes an image of the instance: its own notifications, with glance's between them. */
export function* snapshot(stage: Stage, keep: (image: GlanceImage) => void): Story {
  const { instance } = stage
  const host = instance.host ?? stage.deployment.controller
  const image = createImage(stage, {
    deployment: stage.deployment,
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
  stage.emit(imageNotice(image, 'image.create'))
  yield stage.wait(0.05, 0.2)
  stage.announce('image_snapshot_pending')
  yield stage.wait(0.02, 0.1)
  stage.save({ task: 'image_snapshot' }, host)
  yield stage.wait(0.02, 0.1)
  stage.save({}, host)
  const head = { snapshot_image_id: image.id }
  yield stage.wait(0.005, 0.03)
  stage.notify('snapshot', 'start', { head })
  yield stage.wait(2, 20)
  stage.save({ task: 'image_uploading' }, host)
  yield* uploadImage(stage, image, stage.fails)
  if (image.status === 'active') keep(image)
  yield stage.wait(0.05, 0.3)
  stage.save({ task: null }, host)
  // Without an image there is no end either.
  if (image.status !== 'active') return
  yield stage.wait(0.005, 0.03)
  stage.notify('snapshot', 'end', { head })
}
