import { type NovaException, pythonRepr } from '../world/novaException.ts'
import { classicProperties, classicRequestSpec, versionedRequestSpec, type RequestSpec } from '../formats/requestSpec.ts'
import { novaObject, versionedException } from '../formats/versioned.ts'
import type { Notification } from './notification.ts'

/** `scheduler.select_destinations`: the classic one tells no instance, the versioned one does. */
export function selectDestinationsNotification(spec: RequestSpec, phase: 'start' | 'end'): Notification {
  const event = `scheduler.select_destinations.${phase}`
  const { instance, request } = spec
  const publisher = { service: 'scheduler', host: instance.deployment.controller }
  return {
    deployment: instance.deployment,
    exchange: 'nova',
    priority: 'INFO',
    request,
    elevated: false,
    instance,
    classic: {
      event,
      known: event,
      publisher,
      hasInstance: false,
      payload: () => ({ request_spec: classicRequestSpec(spec, phase === 'end') }),
    },
    versioned: { event, known: event, publisher, hasInstance: true, payload: () => versionedRequestSpec(spec) },
    facts: { state: '', oldTask: '', phase },
  }
}

/** The conductor gives a build up: `compute_task.build_instances`, which only the versioned format calls an error. */
export function buildFailedNotification(spec: RequestSpec, fault: NovaException): Notification {
  const { instance, request } = spec
  const event = 'compute_task.build_instances'
  const host = instance.deployment.controller
  return {
    deployment: instance.deployment,
    exchange: 'nova',
    priority: 'ERROR',
    request,
    elevated: false,
    instance,
    classic: {
      event,
      known: event,
      publisher: { service: 'compute_task', host },
      hasInstance: true,
      payload: () => ({
        request_spec: classicRequestSpec(spec, false, { _enginefacade_context: {} }),
        instance_properties: classicProperties(spec, false, { _enginefacade_context: {} }),
        instance_id: instance.uuid,
        state: 'error',
        method: 'build_instances',
        reason: pythonRepr(fault),
      }),
    },
    versioned: {
      event: `${event}.error`,
      known: event,
      publisher: { service: 'conductor', host },
      hasInstance: true,
      payload: () =>
        novaObject('ComputeTaskPayload', '1.0', {
          instance_uuid: instance.uuid,
          request_spec: versionedRequestSpec(spec),
          state: 'error',
          reason: versionedException(fault),
        }),
    },
    facts: { state: 'error', oldTask: '', phase: null },
  }
}
