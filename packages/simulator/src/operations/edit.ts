import type { Stage, Story } from '../stage.ts'

/** Locks or unlocks; the classic format tells only that something was saved. */
export function* toggleLock(stage: Stage): Story {
  const { instance } = stage
  const { controller } = stage.deployment
  const api = { service: 'api', host: controller }
  yield stage.wait(0.02, 0.1)
  instance.locked = !instance.locked
  instance.lockedReason = instance.locked ? 'maintenance window' : null
  stage.save({}, controller)
  yield stage.wait(0.02, 0.1)
  const publishers = { classic: api, versioned: api }
  stage.notify(instance.locked ? 'lock' : 'unlock', null, { publishers })
}

/** A new name, told by an update that carries the old one. */
export function* rename(stage: Stage): Story {
  yield stage.wait(0.02, 0.1)
  const base = stage.instance.hostname
  stage.instance.description = 'renamed'
  stage.save({ displayName: `${base}${stage.random.pick(['a', 'b', 'c', ' (old)'])}` }, stage.deployment.controller)
}
