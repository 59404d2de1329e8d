import type { Operation, Steps } from './operation.ts'

/** Locks or unlocks; the classic format has only the update. */
export function* toggleLock(operation: Operation): Steps {
  const { instance } = operation
  const { controller } = operation.deployment
  const api = { service: 'api', host: controller }
  yield operation.wait(0.02, 0.1)
  instance.locked = !instance.locked
  instance.lockedReason = instance.locked ? 'maintenance window' : null
  operation.save({}, controller)
  yield operation.wait(0.02, 0.1)
  const publishers = { classic: api, versioned: api }
  operation.notify(instance.locked ? 'lock' : 'unlock', null, { publishers })
}

/** Renames; the update has the old name. */
export function* rename(operation: Operation): Steps {
  yield operation.wait(0.02, 0.1)
  const base = operation.instance.hostname
  operation.instance.description = 'renamed'
  operation.save(
    { displayName: `${base}${operation.random.pick(['a', 'b', 'c', ' (old)'])}` },
    operation.deployment.controller,
  )
}
