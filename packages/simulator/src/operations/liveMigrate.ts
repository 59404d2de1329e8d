import { selectNotice } from '../notices/scheduling.ts'
import type { Stage, Story } from '../stage.ts'
import { otherHost } from '../world/deployment.ts'

/** An administrator moves a running instance: it is not launched anew. */
export function* liveMigrate(stage: Stage): Story {
  const { instance, deployment, request } = stage
  const source = instance.host ?? deployment.controller
  const target = otherHost(deployment, source, stage.random)
  stage.announce('migrating')
  yield stage.wait(0.05, 0.3)
  const wish = { instance, flavor: instance.flavor, count: 1, request, kind: 'move' } as const
  stage.emit(selectNotice(wish, 'start'))
  yield stage.wait(0.03, 0.2)
  stage.emit(selectNotice(wish, 'end'))
  yield stage.wait(0.1, 0.5)
  stage.notify('liveMigrationPre', 'start', { host: target })
  yield stage.wait(0.5, 3)
  stage.notify('liveMigrationPre', 'end', { host: target })
  yield stage.wait(5, 60)
  stage.notify('liveMigrationPost', 'start', { host: source })
  yield stage.wait(0.03, 0.3)
  stage.notify('liveMigrationPostDest', 'start', { host: target })
  yield stage.wait(0.2, 2)
  instance.host = target
  stage.save({ task: null }, target)
  yield stage.wait(0.01, 0.05)
  stage.notify('liveMigrationPostDest', 'end', { host: target })
  yield stage.wait(0.05, 0.5)
  stage.notify('liveMigrationPost', 'end', { host: source })
}
