import { rebootFailed } from '../world/novaException.ts'
import type { Operation, Steps } from './operation.ts'

/** A soft or hard reboot. If it fails, nova sends both an error and an end. */
export function* reboot(operation: Operation): Steps {
  const { instance } = operation
  const hard = operation.fails || operation.random.chance(0.3) ? '_hard' : ''
  const host = instance.host ?? operation.deployment.controller
  operation.setTask(`rebooting${hard}`)
  yield operation.wait(0.02, 0.2)
  operation.notify('reboot', 'start')
  yield operation.wait(0.02, 0.1)
  operation.save({ task: `reboot_pending${hard}` }, host)
  yield operation.wait(0.02, 0.1)
  operation.save({ task: `reboot_started${hard}` }, host)
  yield operation.wait(1, 9)
  if (operation.fails) {
    operation.notify('reboot', 'error', { exception: rebootFailed() })
    yield operation.wait(0.02, 0.1)
  }
  operation.save({ task: null }, host)
  yield operation.wait(0.02, 0.1)
  operation.notify('reboot', 'end')
}
