import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import type { Notification } from './notification.ts'

/** The fields that most notifications about an instance have in common: from nova, with priority INFO, not elevated. */
export function instanceNotification(
  instance: Instance,
  request: Request,
): Pick<Notification, 'deployment' | 'exchange' | 'priority' | 'request' | 'elevated' | 'instance'> {
  return { deployment: instance.deployment, exchange: 'nova', priority: 'INFO', request, elevated: false, instance }
}
