import { selectNotice } from '../notices/scheduling.ts'
import type { Stage, Story } from '../stage.ts'

/** The instance is put away as an image, and taken off its host. */
export function* shelve(stage: Stage): Story {
  const { instance } = stage
  const host = instance.host ?? stage.deployment.controller
  stage.announce('shelving')
  yield stage.wait(0.05, 0.2)
  stage.exists(host, { elevated: true })
  yield stage.wait(0.01, 0.05)
  stage.notify('shelve', 'start')
  yield stage.wait(5, 40)
  stage.save({ task: 'shelving_image_uploading' }, host)
  yield stage.wait(0.5, 20)
  stage.save({ state: 'shelved', task: 'shelving_offloading' }, host)
  yield stage.wait(0.01, 0.05)
  stage.notify('shelve', 'end')
  yield stage.wait(0.005, 0.02)
  stage.notify('shelveOffload', 'start')
  yield stage.wait(0.5, 3)
  stage.save({ state: 'shelved_offloaded', task: null }, host)
  yield stage.wait(0.02, 0.1)
  instance.host = null
  instance.zone = null
  stage.save({}, host)
  yield stage.wait(0.01, 0.05)
  stage.notify('shelveOffload', 'end', { host })
}

/** Back on a host, with a new launch. */
export function* unshelve(stage: Stage): Story {
  const { instance, request } = stage
  const { hosts } = stage.deployment
  stage.announce('unshelving')
  yield stage.wait(0.05, 0.3)
  const wish = { instance, flavor: instance.flavor, count: 1, request, kind: 'move' } as const
  stage.emit(selectNotice(wish, 'start'))
  yield stage.wait(0.03, 0.2)
  stage.emit(selectNotice(wish, 'end'))
  yield stage.wait(0.02, 0.1)
  const host = stage.random.pick(hosts)
  instance.zone = 'nova'
  stage.notify('unshelve', 'start', { host })
  yield stage.wait(0.02, 0.1)
  stage.save({ task: 'spawning' }, host)
  yield stage.wait(0.05, 0.2)
  instance.host = host
  stage.save({}, host)
  yield stage.wait(5, 40)
  const launchedAt = stage.launch()
  yield stage.wait(0.02, 0.08)
  stage.save({ state: 'active', task: null }, host)
  yield stage.wait(0.01, 0.05)
  stage.notify('unshelve', 'end', { launch: { flavor: instance.flavor, launchedAt } })
}
