import { callFailedNotification } from '../notifications/callFailed.ts'
import { notRescuable } from '../world/novaException.ts'
import type { Operation, Steps } from './operation.ts'

/** Boots the instance from a rescue image. A failed rescue has a start but no end. */
export function* rescue(operation: Operation): Steps {
  const { instance } = operation
  const host = instance.host ?? operation.deployment.controller
  const versionedFields = { rescue_image_ref: null }
  const classicFields = { rescue_image_name: instance.image.name }
  operation.setTask('rescuing')
  yield operation.wait(0.03, 0.2)
  const launch = { flavor: instance.flavor, launchedAt: operation.truncatedLaunch() }
  operation.notify('rescue', 'start', { versionedFields, classicFields, launch })
  yield operation.wait(2, 15)
  if (operation.fails) {
    if (instance.launched !== null) instance.launched.repeatedAt = launch.launchedAt
    operation.save({ state: 'error' }, host)
    yield operation.wait(0.02, 0.1)
    operation.save({ task: null }, host)
    yield operation.wait(0.02, 0.1)
    operation.emit(callFailedNotification(instance, operation.request, notRescuable(instance.uuid)))
    return
  }
  operation.emitExists(host, { elevated: true })
  yield operation.wait(0.005, 0.02)
  const launchedAt = operation.launch()
  yield operation.wait(0.01, 0.06)
  operation.save({ state: 'rescued', task: null }, host)
  yield operation.wait(0.02, 0.1)
  operation.notify('rescue', 'end', { versionedFields, classicFields, launch: { flavor: instance.flavor, launchedAt } })
}

/** Boots the instance from its own disk again. */
export function* unrescue(operation: Operation): Steps {
  const host = operation.instance.host ?? operation.deployment.controller
  operation.setTask('unrescuing')
  yield operation.wait(0.03, 0.2)
  operation.notify('unrescue', 'start')
  yield operation.wait(2, 12)
  operation.save({ state: 'active', task: null }, host)
  yield operation.wait(0.01, 0.05)
  operation.notify('unrescue', 'end')
}
