import type { Micros } from '../core/time.ts'
import { classicChange, classicInstance } from '../formats/classic.ts'
import {
  novaObject,
  versionedAuditPeriod,
  versionedInitiator,
  versionedInstance,
  versionedStateUpdate,
} from '../formats/versioned.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import { instanceNotification } from './instanceNotification.ts'
import type { Notification, Publishers } from './notification.ts'

/** The previous values of an update; the new ones are the instance's own. */
export type Change = {
  readonly oldState: string
  readonly oldTask: string | null
  /** Null if the name is unchanged. */
  readonly oldName: string | null
}

/** `compute.instance.update`, sent by the service that saved the instance. Times in microseconds. */
export function updateNotification(
  instance: Instance,
  request: Request,
  change: Change,
  publishers: Publishers,
  periodStart: Micros,
  now: Micros,
): Notification {
  const storedEvent = 'compute.instance.update'
  return {
    ...instanceNotification(instance, request),
    classic: {
      eventType: storedEvent,
      storedEvent,
      publisher: publishers.classic,
      hasInstance: true,
      payload: () => ({
        ...classicInstance(instance, { addresses: false, truncate: false }),
        ...classicChange({ ...change, task: instance.task }, periodStart, now),
      }),
    },
    versioned: {
      eventType: 'instance.update',
      storedEvent,
      publisher: publishers.versioned,
      hasInstance: true,
      payload: () =>
        novaObject('InstanceUpdatePayload', '2.0', {
          state_update: versionedStateUpdate(change.oldState, instance.state, change.oldTask, instance.task),
          audit_period: versionedAuditPeriod(periodStart, now),
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
