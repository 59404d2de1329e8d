import { rebootFailed } from '../fault.ts'
import type { Stage, Story } from '../stage.ts'

/** A soft or hard reboot. One that fails says so, and then that it ended: nova sends both. */
export function* reboot(stage: Stage): Story {
  const { instance } = stage
  const hard = stage.fails || stage.random.chance(0.3) ? '_hard' : ''
  const host = instance.host ?? stage.deployment.controller
  stage.announce(`rebooting${hard}`)
  yield stage.wait(0.02, 0.2)
  stage.notify('reboot', 'start')
  yield stage.wait(0.02, 0.1)
  stage.save({ task: `reboot_pending${hard}` }, host)
  yield stage.wait(0.02, 0.1)
  stage.save({ task: `reboot_started${hard}` }, host)
  yield stage.wait(1, 9)
  if (stage.fails) {
    stage.notify('reboot', 'error', { fault: rebootFailed() })
    yield stage.wait(0.02, 0.1)
  }
  stage.save({ task: null }, host)
  yield stage.wait(0.02, 0.1)
  stage.notify('reboot', 'end')
}
