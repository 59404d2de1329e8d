import type { Operation, Steps } from './operation.ts'
import { createAddress } from '../world/instance.ts'

/** A volume comes: the versioned format has a start and an end, the classic one a single notification between them. */
function* attachVolume(operation: Operation): Steps {
  const { instance } = operation
  const volume = operation.random.uuid()
  const head = { volume_id: volume }
  yield operation.wait(0.05, 0.2)
  operation.notify('volumeAttach', 'start', { head })
  yield operation.wait(0.5, 4)
  instance.volumes = [...instance.volumes, volume]
  operation.notify('volumeAttached', null, { tail: head })
  yield operation.wait(0.005, 0.02)
  operation.notify('volumeAttach', 'end', { head })
}

/** The volume that was attached last goes. */
function* detachVolume(operation: Operation): Steps {
  const { instance } = operation
  const volume = instance.volumes.at(-1) ?? operation.random.uuid()
  const head = { volume_id: volume }
  yield operation.wait(0.05, 0.2)
  operation.notify('volumeDetach', 'start', { head })
  yield operation.wait(0.3, 3)
  operation.notify('volumeDetached', null, { tail: head })
  yield operation.wait(0.005, 0.02)
  // Even the end still shows the volume.
  operation.notify('volumeDetach', 'end', { head })
  instance.volumes = instance.volumes.filter((id) => id !== volume)
}

/** Attaches a volume, or detaches one of those that are there. */
export function changeVolume(operation: Operation): Steps {
  const detaching = operation.instance.volumes.length > 0 && operation.random.chance(0.6)
  return detaching ? detachVolume(operation) : attachVolume(operation)
}

/** Another port comes, or the last but one goes; the classic format does not emitExistsOf. */
export function* changeInterface(operation: Operation): Steps {
  const { instance } = operation
  const detaching = instance.addresses.length > 1
  const action = detaching ? 'interfaceDetach' : 'interfaceAttach'
  yield operation.wait(0.05, 0.2)
  operation.notify(action, 'start')
  yield operation.wait(0.3, 3)
  instance.addresses = detaching
    ? instance.addresses.slice(0, -1)
    : [...instance.addresses, createAddress(operation.random)]
  operation.notify(action, 'end')
}
