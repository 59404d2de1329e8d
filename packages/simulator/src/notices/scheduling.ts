import { type Fault, pythonRepr } from '../fault.ts'
import { classicProperties, classicRequestSpec, versionedRequestSpec, type Wish } from '../formats/requestSpec.ts'
import { novaObject, versionedFault } from '../formats/versioned.ts'
import type { Notice } from '../notice.ts'

/** `scheduler.select_destinations`: the classic one tells no instance, the versioned one does. */
export function selectNotice(wish: Wish, phase: 'start' | 'end'): Notice {
  const event = `scheduler.select_destinations.${phase}`
  const { instance, request } = wish
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
      tellsInstance: false,
      payload: () => ({ request_spec: classicRequestSpec(wish, phase === 'end') }),
    },
    versioned: { event, known: event, publisher, tellsInstance: true, payload: () => versionedRequestSpec(wish) },
    facts: { state: '', oldTask: '', phase },
  }
}

/** The conductor gives a build up: `compute_task.build_instances`, which only the versioned format calls an error. */
export function buildFailedNotice(wish: Wish, fault: Fault): Notice {
  const { instance, request } = wish
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
      tellsInstance: true,
      payload: () => ({
        request_spec: classicRequestSpec(wish, false, { _enginefacade_context: {} }),
        instance_properties: classicProperties(wish, false, { _enginefacade_context: {} }),
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
      tellsInstance: true,
      payload: () =>
        novaObject('ComputeTaskPayload', '1.0', {
          instance_uuid: instance.uuid,
          request_spec: versionedRequestSpec(wish),
          state: 'error',
          reason: versionedFault(fault),
        }),
    },
    facts: { state: 'error', oldTask: '', phase: null },
  }
}
