import type { JsonObject } from '../core/json.ts'
import { classicException, classicInstance } from '../formats/classic.ts'
import { novaObject, versionedException, versionedInitiator, versionedInstance } from '../formats/versioned.ts'
import type { Instance } from '../world/instance.ts'
import { httpStatusOf, type NovaException } from '../world/novaException.ts'
import type { Request } from '../world/request.ts'
import { type Action, type ActionName, actions, type Phase } from './actions.ts'
import { instanceNotification } from './instanceNotification.ts'
import type { Deletion, Facts, LaunchInfo, Notification, Publisher, Publishers } from './notification.ts'

/** What a single notification of an action has in addition to the action's usual fields. */
export type Details = {
  /** Keys after the classic instance. */
  readonly classicFields?: JsonObject
  /** Keys before the versioned instance. */
  readonly versionedFields?: JsonObject
  readonly exception?: NovaException
  /** The compute host that sends it, if it is not the instance's host. */
  readonly host?: string
  /** The senders, if no compute host sends it. */
  readonly publishers?: Publishers
  readonly elevated?: boolean
  readonly launch?: LaunchInfo
  readonly deletion?: Deletion
  readonly restored?: true
  /** The request whose work this notification ends, if it is not its own. */
  readonly continues?: Request
}

function versionedPayload(instance: Instance, request: Request, action: Action, details: Details): JsonObject {
  const [name, version] = action.object
  return novaObject(name, version, {
    ...details.versionedFields,
    fault: details.exception === undefined ? null : versionedException(details.exception),
    request_id: request.id,
    ...versionedInstance(instance),
    ...versionedInitiator(instance, request),
  })
}

function classicPayload(instance: Instance, action: Action, phase: Phase, details: Details): JsonObject {
  const options = {
    addresses: action.addresses === 'both' || (action.addresses === 'end' && phase === 'end'),
    truncate: action.truncate === 'both' || (action.truncate === 'start' && (phase === 'start' || phase === null)),
  }
  const error = details.exception === undefined ? {} : classicException(details.exception)
  return { ...classicInstance(instance, options), ...details.classicFields, ...error }
}

function factsOf(instance: Instance, phase: Phase, details: Details): Facts {
  const { exception, launch, deletion, restored, continues } = details
  return {
    state: instance.state,
    oldTask: '',
    phase: phase === 'start' || phase === 'end' ? phase : null,
    image: instance.image,
    ...(launch === undefined ? {} : { launch: { ...launch, image: instance.image } }),
    ...(exception === undefined ? {} : { errorCode: httpStatusOf(exception) }),
    ...(deletion === undefined ? {} : { deletion }),
    ...(restored === undefined ? {} : { restored }),
    ...(continues === undefined ? {} : { continues }),
  }
}

/** The senders if a compute host sends. */
export function computePublishers(host: string): Publishers {
  const publisher: Publisher = { service: 'compute', host }
  return { classic: publisher, versioned: publisher }
}

/** The senders if the API's own code sends: only there the classic service is `nova-api`, too. */
export function apiPublishers(host: string): Publishers {
  return { classic: { service: 'nova-api', host }, versioned: { service: 'api', host } }
}

/** A notification about an action on an instance. */
export function actionNotification(
  instance: Instance,
  request: Request,
  name: ActionName,
  phase: Phase,
  details: Details,
): Notification {
  const action: Action = actions[name]
  const suffix = phase === null ? '' : `.${phase}`
  const storedEvent = `compute.instance.${action.storedAs ?? action.classic ?? action.versioned}${suffix}`
  const publishers =
    details.publishers ?? computePublishers(details.host ?? instance.host ?? instance.deployment.controller)
  return {
    ...instanceNotification(instance, request),
    priority: phase === 'error' ? 'ERROR' : 'INFO',
    elevated: details.elevated ?? action.elevated,
    classic:
      action.classic === null
        ? null
        : {
            eventType: storedEvent,
            storedEvent,
            publisher: publishers.classic,
            hasInstance: true,
            payload: () => classicPayload(instance, action, phase, details),
          },
    versioned:
      action.versioned === null
        ? null
        : {
            eventType: `instance.${action.versioned}${suffix}`,
            storedEvent,
            publisher: publishers.versioned,
            hasInstance: true,
            payload: () => versionedPayload(instance, request, action, details),
          },
    facts: factsOf(instance, phase, details),
  }
}
