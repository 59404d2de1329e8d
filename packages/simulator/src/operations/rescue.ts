import { notRescuable } from '../world/novaException.ts'
import { callFailedNotification } from '../notifications/callFailed.ts'
import type { Operation, Steps } from './operation.ts'

/** The instance is booted from a rescue image. One that fails has a start and never an end. */
export function* rescue(operation: Operation): Steps {
  const { instance } = operation
  const host = instance.host ?? operation.deployment.controller
  const head = { rescue_image_ref: null }
  const tail = { rescue_image_name: instance.image.name }
  operation.setTask('rescuing')
  yield operation.wait(0.03, 0.2)
  const launch = { flavor: instance.flavor, launchedAt: operation.truncatedLaunch() }
  operation.notify('rescue', 'start', { head, tail, launch })
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
  operation.exists(host, { elevated: true })
  yield operation.wait(0.005, 0.02)
  const launchedAt = operation.launch()
  yield operation.wait(0.01, 0.06)
  operation.save({ state: 'rescued', task: null }, host)
  yield operation.wait(0.02, 0.1)
  operation.notify('rescue', 'end', { head, tail, launch: { flavor: instance.flavor, launchedAt } })
}

/** Back to the instance's own disk. */
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
