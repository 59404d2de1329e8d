import type { Stage, Story } from '../stage.ts'
import { createAddress } from '../world/instance.ts'

/** A volume comes: the versioned format has a start and an end, the classic one a single notification between them. */
function* attachVolume(stage: Stage): Story {
  const { instance } = stage
  const volume = stage.random.uuid()
  const head = { volume_id: volume }
  yield stage.wait(0.05, 0.2)
  stage.notify('volumeAttach', 'start', { head })
  yield stage.wait(0.5, 4)
  instance.volumes = [...instance.volumes, volume]
  stage.notify('volumeAttached', null, { tail: head })
  yield stage.wait(0.005, 0.02)
  stage.notify('volumeAttach', 'end', { head })
}

/** The volume that was attached last goes. */
function* detachVolume(stage: Stage): Story {
  const { instance } = stage
  const volume = instance.volumes.at(-1) ?? stage.random.uuid()
  const head = { volume_id: volume }
  yield stage.wait(0.05, 0.2)
  stage.notify('volumeDetach', 'start', { head })
  yield stage.wait(0.3, 3)
  stage.notify('volumeDetached', null, { tail: head })
  yield stage.wait(0.005, 0.02)
  // Even the end still shows the volume.
  stage.notify('volumeDetach', 'end', { head })
  instance.volumes = instance.volumes.filter((id) => id !== volume)
}

/** Attaches a volume, or detaches one of those that are there. */
export function changeVolume(stage: Stage): Story {
  const detaching = stage.instance.volumes.length > 0 && stage.random.chance(0.6)
  return detaching ? detachVolume(stage) : attachVolume(stage)
}

/** Another port comes, or the last but one goes; the classic format does not tell. */
export function* changeInterface(stage: Stage): Story {
  const { instance } = stage
  const detaching = instance.addresses.length > 1
  const action = detaching ? 'interfaceDetach' : 'interfaceAttach'
  yield stage.wait(0.05, 0.2)
  stage.notify(action, 'start')
  yield stage.wait(0.3, 3)
  instance.addresses = detaching
    ? instance.addresses.slice(0, -1)
    : [...instance.addresses, createAddress(stage.random)]
  stage.notify(action, 'end')
}
