import { selectDestinationsNotification } from '../notifications/scheduling.ts'
import type { Operation, Steps } from './operation.ts'

/**
 * Saves the instance as an image and removes it from its host.
 *
 * @param offloads whether it is removed at once; else it stays on its host
 */
export function* shelve(operation: Operation, offloads = true): Steps {
  const { instance } = operation
  const host = instance.host ?? operation.deployment.controller
  operation.setTask('shelving')
  yield operation.wait(0.05, 0.2)
  operation.emitExists(host, { elevated: true })
  yield operation.wait(0.01, 0.05)
  operation.notify('shelve', 'start')
  yield operation.wait(5, 40)
  operation.save({ task: 'shelving_image_uploading' }, host)
  yield operation.wait(0.5, 20)
  operation.save({ state: 'shelved', task: offloads ? 'shelving_offloading' : null }, host)
  yield operation.wait(0.01, 0.05)
  operation.notify('shelve', 'end')
  if (offloads) yield* offload(operation)
}

/** Removes a shelved instance from its host. */
export function* offload(operation: Operation): Steps {
  const { instance } = operation
  const host = instance.host ?? operation.deployment.controller
  yield operation.wait(0.005, 0.02)
  operation.notify('shelveOffload', 'start')
  yield operation.wait(0.5, 3)
  operation.save({ state: 'shelved_offloaded', task: null }, host)
  yield operation.wait(0.02, 0.1)
  instance.host = null
  instance.zone = null
  operation.save({}, host)
  yield operation.wait(0.01, 0.05)
  operation.notify('shelveOffload', 'end', { host })
}

/** Restores the instance on a host, with a new launch. */
export function* unshelve(operation: Operation): Steps {
  const { instance, request } = operation
  const { hosts } = operation.deployment
  operation.setTask('unshelving')
  yield operation.wait(0.05, 0.3)
  const spec = { instance, flavor: instance.flavor, count: 1, request, kind: 'move' } as const
  operation.emit(selectDestinationsNotification(spec, 'start'))
  yield operation.wait(0.03, 0.2)
  operation.emit(selectDestinationsNotification(spec, 'end'))
  yield operation.wait(0.02, 0.1)
  const host = operation.random.pick(hosts)
  instance.zone = 'nova'
  operation.notify('unshelve', 'start', { host })
  yield operation.wait(0.02, 0.1)
  operation.save({ task: 'spawning' }, host)
  yield operation.wait(0.05, 0.2)
  instance.host = host
  operation.save({}, host)
  yield operation.wait(5, 40)
  const launchedAt = operation.launch()
  yield operation.wait(0.02, 0.08)
  operation.save({ state: 'active', task: null }, host)
  yield operation.wait(0.01, 0.05)
  operation.notify('unshelve', 'end', { launch: { flavor: instance.flavor, launchedAt } })
}
