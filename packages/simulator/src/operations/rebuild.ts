import { selectDestinationsNotification } from '../notifications/scheduling.ts'
import type { Operation, Steps } from './operation.ts'

/** Rebuilds the instance from the same image or another one. */
export function* rebuild(operation: Operation): Steps {
  const { instance, deployment, request } = operation
  const { controller } = deployment
  const host = instance.host ?? controller
  const previousImage = instance.image
  const previousState = instance.state
  instance.image = operation.random.pick(deployment.images)
  operation.setTask('rebuilding')
  yield operation.wait(0.02, 0.1)
  operation.setTask('rebuilding')
  yield operation.wait(0.03, 0.2)
  if (previousImage.id !== instance.image.id) {
    // The scheduler has to approve another image only.
    const spec = { instance, flavor: instance.flavor, count: 1, request, kind: 'rebuild' } as const
    operation.emit(selectDestinationsNotification(spec, 'start'))
    yield operation.wait(0.02, 0.2)
    operation.emit(selectDestinationsNotification(spec, 'end'))
    yield operation.wait(0.01, 0.05)
  }
  const versionedFields = { trusted_image_certificates: null }
  const publishers = { classic: { service: 'compute', host: controller }, versioned: { service: 'conductor', host } }
  operation.notify('rebuildScheduled', null, { versionedFields, publishers })
  yield operation.wait(0.03, 0.1)
  operation.emitExists(host, { elevated: true, image: previousImage })
  yield operation.wait(0.01, 0.05)
  const classicFields = { image_name: instance.image.name }
  operation.notify('rebuild', 'start', {
    versionedFields,
    classicFields,
    launch: { flavor: instance.flavor, launchedAt: operation.truncatedLaunch() },
  })
  yield operation.wait(0.03, 0.1)
  operation.save({ task: 'rebuilding' }, host)
  yield operation.wait(1, 8)
  operation.save({ task: 'rebuild_block_device_mapping' }, host)
  yield operation.wait(0.1, 1)
  operation.save({ task: 'rebuild_spawning' }, host)
  yield operation.wait(3, 30)
  const launchedAt = operation.launch()
  yield operation.wait(0.02, 0.06)
  operation.save({ state: previousState === 'stopped' ? 'active' : previousState, task: null }, host)
  yield operation.wait(0.01, 0.05)
  operation.notify('rebuild', 'end', {
    versionedFields,
    classicFields,
    launch: { flavor: instance.flavor, launchedAt },
  })
  yield operation.wait(0.02, 0.1)
  operation.save({}, host)
}
