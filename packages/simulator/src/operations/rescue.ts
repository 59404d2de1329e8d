import { notRescuable } from '../fault.ts'
import { callFailedNotice } from '../notices/callFailed.ts'
import type { Stage, Story } from '../stage.ts'

/** The instance is booted from a rescue image. One that fails has a start and never an end. */
export function* rescue(stage: Stage): Story {
  const { instance } = stage
  const host = instance.host ?? stage.deployment.controller
  const head = { rescue_image_ref: null }
  const tail = { rescue_image_name: instance.image.name }
  stage.announce('rescuing')
  yield stage.wait(0.03, 0.2)
  const launch = { flavor: instance.flavor, launchedAt: stage.cutLaunch() }
  stage.notify('rescue', 'start', { head, tail, launch })
  yield stage.wait(2, 15)
  if (stage.fails) {
    if (instance.launched !== null) instance.launched.retoldAt = launch.launchedAt
    stage.save({ state: 'error' }, host)
    yield stage.wait(0.02, 0.1)
    stage.save({ task: null }, host)
    yield stage.wait(0.02, 0.1)
    stage.emit(callFailedNotice(instance, stage.request, notRescuable(instance.uuid)))
    return
  }
  stage.exists(host, { elevated: true })
  yield stage.wait(0.005, 0.02)
  const launchedAt = stage.launch()
  yield stage.wait(0.01, 0.06)
  stage.save({ state: 'rescued', task: null }, host)
  yield stage.wait(0.02, 0.1)
  stage.notify('rescue', 'end', { head, tail, launch: { flavor: instance.flavor, launchedAt } })
}

/** Back to the instance's own disk. */
export function* unrescue(stage: Stage): Story {
  const host = stage.instance.host ?? stage.deployment.controller
  stage.announce('unrescuing')
  yield stage.wait(0.03, 0.2)
  stage.notify('unrescue', 'start')
  yield stage.wait(2, 12)
  stage.save({ state: 'active', task: null }, host)
  yield stage.wait(0.01, 0.05)
  stage.notify('unrescue', 'end')
}
