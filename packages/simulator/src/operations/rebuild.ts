import { selectNotice } from '../notices/scheduling.ts'
import type { Stage, Story } from '../stage.ts'

/** The instance is made anew, from another image or the same. */
export function* rebuild(stage: Stage): Story {
  const { instance, deployment, request } = stage
  const { controller } = deployment
  const host = instance.host ?? controller
  const former = instance.image
  const next = instance.state
  instance.image = stage.random.pick(deployment.images)
  stage.announce('rebuilding')
  yield stage.wait(0.02, 0.1)
  stage.announce('rebuilding')
  yield stage.wait(0.03, 0.2)
  if (former.id !== instance.image.id) {
    // Only another image has to be approved by the scheduler.
    const wish = { instance, flavor: instance.flavor, count: 1, request, kind: 'rebuild' } as const
    stage.emit(selectNotice(wish, 'start'))
    yield stage.wait(0.02, 0.2)
    stage.emit(selectNotice(wish, 'end'))
    yield stage.wait(0.01, 0.05)
  }
  const head = { trusted_image_certificates: null }
  const publishers = { classic: { service: 'compute', host: controller }, versioned: { service: 'conductor', host } }
  stage.notify('rebuildScheduled', null, { head, publishers })
  yield stage.wait(0.03, 0.1)
  stage.exists(host, { elevated: true, image: former })
  yield stage.wait(0.01, 0.05)
  const tail = { image_name: instance.image.name }
  stage.notify('rebuild', 'start', { head, tail, launch: { flavor: instance.flavor, launchedAt: stage.cutLaunch() } })
  yield stage.wait(0.03, 0.1)
  stage.save({ task: 'rebuilding' }, host)
  yield stage.wait(1, 8)
  stage.save({ task: 'rebuild_block_device_mapping' }, host)
  yield stage.wait(0.1, 1)
  stage.save({ task: 'rebuild_spawning' }, host)
  yield stage.wait(3, 30)
  const launchedAt = stage.launch()
  yield stage.wait(0.02, 0.06)
  stage.save({ state: next === 'stopped' ? 'active' : next, task: null }, host)
  yield stage.wait(0.01, 0.05)
  stage.notify('rebuild', 'end', { head, tail, launch: { flavor: instance.flavor, launchedAt } })
  yield stage.wait(0.02, 0.1)
  stage.save({}, host)
}
