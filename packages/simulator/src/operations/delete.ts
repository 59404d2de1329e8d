import type { Operation, Steps } from './operation.ts'

/** Deletes an instance; the API itself deletes one that has no host. */
export function* remove(operation: Operation): Steps {
  const { instance } = operation
  const { controller } = operation.deployment
  const host = instance.host ?? controller
  const onHost = instance.host !== null
  const publishers = {
    classic: { service: 'compute', host: controller },
    versioned: { service: 'api', host: controller },
  }
  const sender = onHost ? { host } : { publishers }

  operation.setTask('deleting')
  yield operation.wait(0.03, 0.3)
  operation.notify('delete', 'start', sender)
  yield operation.wait(0.005, 0.03)
  if (onHost) {
    operation.notify('shutdown', 'start')
    yield operation.wait(0.5, 8)
    operation.notify('shutdown', 'end')
    yield operation.wait(0.02, 0.2)
  }
  instance.terminatedAt = operation.now()
  yield operation.wait(0.01, 0.06)
  instance.addresses = []
  operation.save({ state: 'deleted', task: null }, host)
  yield operation.wait(0.05, 0.7)
  // The row is marked deleted after the instance was terminated: the two times can differ by a second.
  instance.deletedAt = operation.now()
  yield operation.wait(0.01, 0.05)
  const { launchedAt, terminatedAt, deletedAt } = instance
  operation.notify('delete', 'end', {
    ...sender,
    ...(launchedAt === null || terminatedAt === null || deletedAt === null
      ? {}
      : { deletion: { launchedAt, terminatedAt, deletedAt } }),
  })
}
