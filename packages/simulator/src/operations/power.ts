import type { ActionName } from '../actions.ts'
import type { Stage, Story } from '../stage.ts'
import type { State } from '../world/instance.ts'

type Change = { readonly action: ActionName; readonly task: string; readonly to: State; readonly seconds: number }

const changes = {
  powerOff: { action: 'powerOff', task: 'powering-off', to: 'stopped', seconds: 20 },
  powerOn: { action: 'powerOn', task: 'powering-on', to: 'active', seconds: 8 },
  pause: { action: 'pause', task: 'pausing', to: 'paused', seconds: 1 },
  unpause: { action: 'unpause', task: 'unpausing', to: 'active', seconds: 1 },
  suspend: { action: 'suspend', task: 'suspending', to: 'suspended', seconds: 15 },
  resume: { action: 'resume', task: 'resuming', to: 'active', seconds: 6 },
} satisfies Record<string, Change>

/** All that only takes an instance from one power state to another; each goes the same way. */
export function* changePower(stage: Stage, name: keyof typeof changes): Story {
  const { action, task, to, seconds } = changes[name]
  const host = stage.instance.host ?? stage.deployment.controller
  stage.announce(task)
  yield stage.wait(0.05, 0.3)
  stage.notify(action, 'start')
  yield stage.wait(seconds / 4, seconds)
  stage.save({ state: to, task: null }, host)
  yield stage.wait(0.01, 0.1)
  stage.notify(action, 'end')
}
