import { createAddress } from '../world/instance.ts'
import type { Operation, Steps } from './operation.ts'

/** Attaches a volume: the versioned format has a start and an end, the classic one a single notification in between. */
function* attachVolume(operation: Operation): Steps {
  const { instance } = operation
  const volume = operation.random.uuid()
  const fields = { volume_id: volume }
  yield operation.wait(0.05, 0.2)
  operation.notify('volumeAttach', 'start', { versionedFields: fields })
  yield operation.wait(0.5, 4)
  instance.volumes = [...instance.volumes, volume]
  operation.notify('volumeAttached', null, { classicFields: fields })
  yield operation.wait(0.005, 0.02)
  operation.notify('volumeAttach', 'end', { versionedFields: fields })
}

/** Detaches the volume that was attached last. */
function* detachVolume(operation: Operation): Steps {
  const { instance } = operation
  const volume = instance.volumes.at(-1) ?? operation.random.uuid()
  const fields = { volume_id: volume }
  yield operation.wait(0.05, 0.2)
  operation.notify('volumeDetach', 'start', { versionedFields: fields })
  yield operation.wait(0.3, 3)
  operation.notify('volumeDetached', null, { classicFields: fields })
  yield operation.wait(0.005, 0.02)
  // The end still has the volume.
  operation.notify('volumeDetach', 'end', { versionedFields: fields })
  instance.volumes = instance.volumes.filter((id) => id !== volume)
}

/** Attaches or detaches a volume. */
export function changeVolume(operation: Operation): Steps {
  const detaching = operation.instance.volumes.length > 0 && operation.random.chance(0.6)
  return detaching ? detachVolume(operation) : attachVolume(operation)
}

/** Attaches or detaches a network interface; the classic format has no notification for it. */
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
