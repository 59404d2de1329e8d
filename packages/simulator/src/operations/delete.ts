import type { Stage, Story } from '../stage.ts'

/** The end of an instance. One that is on no host is deleted by the API itself. */
export function* remove(stage: Stage): Story {
  const { instance } = stage
  const { controller } = stage.deployment
  const host = instance.host ?? controller
  const onHost = instance.host !== null
  const publishers = {
    classic: { service: 'compute', host: controller },
    versioned: { service: 'api', host: controller },
  }
  const sender = onHost ? { host } : { publishers }

  stage.announce('deleting')
  yield stage.wait(0.03, 0.3)
  stage.notify('delete', 'start', sender)
  yield stage.wait(0.005, 0.03)
  if (onHost) {
    stage.notify('shutdown', 'start')
    yield stage.wait(0.5, 8)
    stage.notify('shutdown', 'end')
    yield stage.wait(0.02, 0.2)
  }
  instance.terminatedAt = stage.now()
  yield stage.wait(0.01, 0.06)
  instance.addresses = []
  stage.save({ state: 'deleted', task: null }, host)
  yield stage.wait(0.05, 0.7)
  // The row is marked deleted after the instance was terminated, so that the two times can differ by a second.
  instance.deletedAt = stage.now()
  yield stage.wait(0.01, 0.05)
  const { launchedAt, terminatedAt, deletedAt } = instance
  stage.notify('delete', 'end', {
    ...sender,
    ...(launchedAt === null || terminatedAt === null || deletedAt === null
      ? {}
      : { ended: { launchedAt, terminatedAt, deletedAt } }),
  })
}
