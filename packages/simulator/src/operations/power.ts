import type { ActionName } from '../notifications/actions.ts'
import type { State } from '../world/instance.ts'
import type { Operation, Steps } from './operation.ts'

type Change = { readonly action: ActionName; readonly task: string; readonly to: State; readonly seconds: number }

const changes = {
  powerOff: { action: 'powerOff', task: 'powering-off', to: 'stopped', seconds: 20 },
  powerOn: { action: 'powerOn', task: 'powering-on', to: 'active', seconds: 8 },
  pause: { action: 'pause', task: 'pausing', to: 'paused', seconds: 1 },
  unpause: { action: 'unpause', task: 'unpausing', to: 'active', seconds: 1 },
  suspend: { action: 'suspend', task: 'suspending', to: 'suspended', seconds: 15 },
  resume: { action: 'resume', task: 'resuming', to: 'active', seconds: 6 },
} satisfies Record<string, Change>

/** Changes the power state. */
export function* changePower(operation: Operation, name: keyof typeof changes): Steps {
  const { action, task, to, seconds } = changes[name]
  const host = operation.instance.host ?? operation.deployment.controller
  operation.setTask(task)
  yield operation.wait(0.05, 0.3)
  operation.notify(action, 'start')
  yield operation.wait(seconds / 4, seconds)
  operation.save({ state: to, task: null }, host)
  yield operation.wait(0.01, 0.1)
  operation.notify(action, 'end')
}
