import type { JsonObject } from '../core/json.ts'
import { pythonRepr } from '../formats/classic.ts'
import { dumpedInstance } from '../formats/dumpedInstance.ts'
import { versionedException } from '../formats/versioned.ts'
import type { Instance } from '../world/instance.ts'
import type { NovaException } from '../world/novaException.ts'
import type { Request } from '../world/request.ts'
import { computePublishers } from './action.ts'
import { instanceNotification } from './instanceNotification.ts'
import type { Notification } from './notification.ts'

function argumentsOf({ function: name }: NovaException): JsonObject {
  return name === 'finish_resize' ? { disk_info: '', image: {} } : { clean_shutdown: true, rescue_image_ref: null }
}

/**
 * A failed call on a compute host: the classic event type is the function's name and the payload has its arguments; the
 * versioned event type is `compute.exception`. Only the classic one has the instance, among the arguments.
 */
export function callFailedNotification(instance: Instance, request: Request, exception: NovaException): Notification {
  const publishers = computePublishers(instance.host ?? instance.deployment.controller)
  return {
    ...instanceNotification(instance, request),
    priority: 'ERROR',
    classic: {
      eventType: exception.function,
      storedEvent: exception.function,
      publisher: publishers.classic,
      hasInstance: true,
      payload: () => ({
        exception: pythonRepr(exception),
        args: { ...argumentsOf(exception), instance: dumpedInstance(instance, request) },
      }),
    },
    versioned: {
      eventType: 'compute.exception',
      storedEvent: 'compute.exception',
      publisher: publishers.versioned,
      hasInstance: false,
      payload: () => versionedException(exception),
    },
    facts: { state: '', oldTask: '', phase: null },
  }
}
