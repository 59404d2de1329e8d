import { type NovaException, pythonRepr } from '../world/novaException.ts'
import { dumpedInstance } from '../formats/dumpedInstance.ts'
import { versionedException } from '../formats/versioned.ts'
import type { Notification } from './notification.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import { computePublishers } from './action.ts'

/**
 * A call on a compute host that failed: the classic event is the bare name of the function, with all its arguments;
 * the versioned one is `compute.exception`. Neither tells the instance where a reader looks for it.
 */
export function callFailedNotification(instance: Instance, request: Request, fault: NovaException): Notification {
  const publishers = computePublishers(instance.host ?? instance.deployment.controller)
  return {
    deployment: instance.deployment,
    exchange: 'nova',
    priority: 'ERROR',
    request,
    elevated: false,
    instance,
    classic: {
      event: fault.function,
      known: fault.function,
      publisher: publishers.classic,
      hasInstance: false,
      payload: () => ({
        exception: pythonRepr(fault),
        args: { clean_shutdown: true, rescue_image_ref: null, instance: dumpedInstance(instance, request) },
      }),
    },
    versioned: {
      event: 'compute.exception',
      known: 'compute.exception',
      publisher: publishers.versioned,
      hasInstance: false,
      payload: () => versionedException(fault),
    },
    facts: { state: '', oldTask: '', phase: null },
  }
}
