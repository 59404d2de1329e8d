import { rebootFailed } from '../world/novaException.ts'
import type { Operation, Steps } from './operation.ts'

/** From the request to the driver's reboot. @param hard suffix of a hard reboot's tasks, or empty */
function* startReboot(operation: Operation, host: string, hard: '_hard' | ''): Steps {
  operation.setTask(`rebooting${hard}`)
  yield operation.wait(0.02, 0.2)
  operation.notify('reboot', 'start')
  yield operation.wait(0.02, 0.1)
  operation.save({ task: `reboot_pending${hard}` }, host)
  yield operation.wait(0.02, 0.1)
  operation.save({ task: `reboot_started${hard}` }, host)
}

/** A soft or hard reboot. If it fails, nova sends both an error and an end. */
export function* reboot(operation: Operation): Steps {
  const host = operation.instance.host ?? operation.deployment.controller
  yield* startReboot(operation, host, operation.fails || operation.random.chance(0.3) ? '_hard' : '')
  yield operation.wait(1, 9)
  if (operation.fails) {
    operation.notify('reboot', 'error', { exception: rebootFailed() })
    yield operation.wait(0.02, 0.1)
  }
  operation.save({ task: null }, host)
  yield operation.wait(0.02, 0.1)
  operation.notify('reboot', 'end')
}

/** A reboot that never ends: nova-compute waits for its driver. */
export function* rebootWithoutEnd(operation: Operation): Steps {
  yield* startReboot(operation, operation.instance.host ?? operation.deployment.controller, '_hard')
}
