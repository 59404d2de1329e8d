import { FROM_THE_BEGINNING, foldInstance, type InstanceFold } from '../instance/foldInstance.ts'
import { byInstance } from '../instance/plan.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'

/** The fold of each instance from its beginning, with today's rules. */
export function foldsOf(...notifications: InstanceNotification[]): Map<string, InstanceFold> {
  const groups = [...byInstance(notifications)]
  return new Map(groups.map(([name, own]) => [name, foldInstance(name, FROM_THE_BEGINNING, own, 'today')]))
}
