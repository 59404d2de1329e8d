import { classicChange, classicInstance } from '../formats/classic.ts'
import {
  novaObject,
  versionedAuditPeriod,
  versionedInitiator,
  versionedInstance,
  versionedStateUpdate,
} from '../formats/versioned.ts'
import type { Notification, Publisher } from './notification.ts'
import type { Micros } from '../core/time.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'

/** What changed, as nova tells it; the new values are the instance's own. */
export type Change = {
  readonly oldState: string
  readonly oldTask: string | null
  /** Null when the name stays. */
  readonly oldName: string | null
}

/** `compute.instance.update`: sent by whichever service saved the instance. Times in microseconds. */
export function updateNotification(
  instance: Instance,
  request: Request,
  change: Change,
  publishers: { readonly classic: Publisher; readonly versioned: Publisher },
  periodBeginning: Micros,
  now: Micros,
): Notification {
  const known = 'compute.instance.update'
  return {
    deployment: instance.deployment,
    exchange: 'nova',
    priority: 'INFO',
    request,
    elevated: false,
    instance,
    classic: {
      event: known,
      known,
      publisher: publishers.classic,
      hasInstance: true,
      payload: () => ({
        ...classicInstance(instance, { addresses: false, cut: false }),
        ...classicChange({ ...change, task: instance.task }, periodBeginning, now),
      }),
    },
    versioned: {
      event: 'instance.update',
      known,
      publisher: publishers.versioned,
      hasInstance: true,
      payload: () =>
        novaObject('InstanceUpdatePayload', '2.0', {
          state_update: versionedStateUpdate(change.oldState, instance.state, change.oldTask, instance.task),
          audit_period: versionedAuditPeriod(periodBeginning, now),
          old_display_name: change.oldName,
          tags: [],
          ...versionedInstance(instance),
          request_id: request.id,
          ...versionedInitiator(instance, request),
        }),
    },
    facts: {
      state: instance.state,
      oldState: change.oldState,
      oldTask: change.oldTask,
      phase: null,
      image: instance.image,
    },
  }
}
