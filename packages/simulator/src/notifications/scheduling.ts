import { pythonRepr } from '../formats/classic.ts'
import {
  classicProperties,
  classicRequestSpec,
  type RequestSpec,
  versionedRequestSpec,
} from '../formats/requestSpec.ts'
import { novaObject, versionedException } from '../formats/versioned.ts'
import type { NovaException } from '../world/novaException.ts'
import { instanceNotification } from './instanceNotification.ts'
import type { Notification } from './notification.ts'

/** `scheduler.select_destinations`: only the versioned form has the instance where a consumer looks for it. */
export function selectDestinationsNotification(spec: RequestSpec, phase: 'start' | 'end'): Notification {
  const storedEvent = `scheduler.select_destinations.${phase}`
  const { instance, request } = spec
  const publisher = { service: 'scheduler', host: instance.deployment.controller }
  return {
    ...instanceNotification(instance, request),
    classic: {
      eventType: storedEvent,
      storedEvent,
      publisher,
      hasInstance: false,
      payload: () => ({ request_spec: classicRequestSpec(spec, phase === 'end') }),
    },
    versioned: {
      eventType: storedEvent,
      storedEvent,
      publisher,
      hasInstance: true,
      payload: () => versionedRequestSpec(spec),
    },
    facts: { state: '', oldTask: '', phase },
  }
}

/** The conductor gives up a build: `compute_task.build_instances`, with suffix `.error` in the versioned form. */
export function buildFailedNotification(spec: RequestSpec, exception: NovaException): Notification {
  const { instance, request } = spec
  const storedEvent = 'compute_task.build_instances'
  const host = instance.deployment.controller
  return {
    ...instanceNotification(instance, request),
    priority: 'ERROR',
    classic: {
      eventType: storedEvent,
      storedEvent,
      publisher: { service: 'compute_task', host },
      hasInstance: true,
      payload: () => ({
        request_spec: classicRequestSpec(spec, false, { _enginefacade_context: {} }),
        instance_properties: classicProperties(spec, false, { _enginefacade_context: {} }),
        instance_id: instance.uuid,
        state: 'error',
        method: 'build_instances',
        reason: pythonRepr(exception),
      }),
    },
    versioned: {
      eventType: `${storedEvent}.error`,
      storedEvent,
      publisher: { service: 'conductor', host },
      hasInstance: true,
      payload: () =>
        novaObject('ComputeTaskPayload', '1.0', {
          instance_uuid: instance.uuid,
          request_spec: versionedRequestSpec(spec),
          state: 'error',
          reason: versionedException(exception),
        }),
    },
    facts: { state: 'error', oldTask: '', phase: null },
  }
}
