import { changeInterface, changeVolume } from '../operations/attach.ts'
import { remove } from '../operations/delete.ts'
import { rename, toggleLock } from '../operations/edit.ts'
import { liveMigrate } from '../operations/liveMigrate.ts'
import type { Operation, Steps } from '../operations/operation.ts'
import { changePower } from '../operations/power.ts'
import { reboot } from '../operations/reboot.ts'
import { rebuild } from '../operations/rebuild.ts'
import { rescue, unrescue } from '../operations/rescue.ts'
import { confirmResize, resize, revertResize } from '../operations/resize.ts'
import { shelve, unshelve } from '../operations/shelve.ts'
import type { State } from '../world/instance.ts'

/** An operation on an existing instance: the states in which it is possible, and its weight among the possible ones. */
export type Choice = {
  readonly from: readonly State[]
  readonly weight: number
  /** Whether only administrators may do it. */
  readonly administrators?: boolean
  readonly steps: (operation: Operation) => Steps
}

/** Without create, which has no instance yet, and snapshot, which also adds an image. */
export const choices = {
  reboot: { from: ['active'], weight: 14, steps: reboot },
  powerOff: { from: ['active'], weight: 7, steps: (s) => changePower(s, 'powerOff') },
  powerOn: { from: ['stopped'], weight: 12, steps: (s) => changePower(s, 'powerOn') },
  pause: { from: ['active'], weight: 2, steps: (s) => changePower(s, 'pause') },
  unpause: { from: ['paused'], weight: 8, steps: (s) => changePower(s, 'unpause') },
  suspend: { from: ['active'], weight: 2, steps: (s) => changePower(s, 'suspend') },
  resume: { from: ['suspended'], weight: 8, steps: (s) => changePower(s, 'resume') },
  rebuild: { from: ['active', 'stopped'], weight: 8, steps: rebuild },
  resize: { from: ['active', 'stopped'], weight: 10, steps: resize },
  confirmResize: { from: ['resized'], weight: 14, steps: confirmResize },
  revertResize: { from: ['resized'], weight: 6, steps: revertResize },
  rescue: { from: ['active', 'stopped'], weight: 7, steps: rescue },
  unrescue: { from: ['rescued'], weight: 12, steps: unrescue },
  shelve: { from: ['active', 'stopped'], weight: 5, steps: shelve },
  unshelve: { from: ['shelved_offloaded'], weight: 10, steps: unshelve },
  changeVolume: { from: ['active', 'stopped'], weight: 4, steps: changeVolume },
  changeInterface: { from: ['active', 'stopped'], weight: 3, steps: changeInterface },
  toggleLock: { from: ['active', 'stopped'], weight: 2, steps: toggleLock },
  rename: { from: ['active', 'stopped'], weight: 2, steps: rename },
  liveMigrate: { from: ['active'], weight: 3, steps: liveMigrate, administrators: true },
  remove: { from: ['active', 'stopped', 'error', 'shelved_offloaded', 'rescued'], weight: 12, steps: remove },
} satisfies Record<string, Choice>
