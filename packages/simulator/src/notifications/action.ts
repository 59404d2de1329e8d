import { type Action, type ActionName, actions, type Phase } from './actions.ts'
import { type NovaException, httpStatusOf } from '../world/novaException.ts'
import { classicException, classicInstance } from '../formats/classic.ts'
import { novaObject, versionedException, versionedInitiator, versionedInstance } from '../formats/versioned.ts'
import type { JsonObject } from '../core/json.ts'
import type { Facts, LaunchMark, Notification, Publisher } from './notification.ts'
import type { Micros } from '../core/time.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'

/** What a single notification has besides its kind's usual. */
export type Details = {
  /** Keys after the classic instance. */
  readonly tail?: JsonObject
  /** Keys before the versioned instance. */
  readonly head?: JsonObject
  readonly fault?: NovaException
  /** The compute host that sends it, when it is not the instance's own. */
  readonly host?: string
  /** Who sends each form, when no compute host does. */
  readonly publishers?: { readonly classic: Publisher; readonly versioned: Publisher }
  readonly elevated?: boolean
  readonly launch?: LaunchMark
  readonly ended?: { readonly launchedAt: Micros; readonly terminatedAt: Micros; readonly deletedAt: Micros }
}

/** What the payload of an exception-free action adds in front. */
function versionedAction(instance: Instance, request: Request, action: Action, details: Details): JsonObject {
  const [name, version] = action.object
  return novaObject(name, version, {
    ...details.head,
    fault: details.fault === undefined ? null : versionedException(details.fault),
    request_id: request.id,
    ...versionedInstance(instance),
    ...versionedInitiator(instance, request),
  })
}

/** Who sends when a compute host does. */
export function computePublishers(host: string): { classic: Publisher; versioned: Publisher } {
  const publisher = { service: 'compute', host }
  return { classic: publisher, versioned: publisher }
}

/** Who sends when the API's own code does: only there it calls itself `nova-api` in the classic format, too. */
export function apiPublishers(host: string): { classic: Publisher; versioned: Publisher } {
  return { classic: { service: 'nova-api', host }, versioned: { service: 'api', host } }
}

/** A notification about a piece of work on an instance. */
export function actionNotification(
  instance: Instance,
  request: Request,
  name: ActionName,
  phase: Phase,
  details: Details,
): Notification {
  const action: Action = actions[name]
  const suffix = phase === null ? '' : `.${phase}`
  const known = `compute.instance.${action.known ?? action.classic ?? action.versioned}${suffix}`
  const publishers =
    details.publishers ?? computePublishers(details.host ?? instance.host ?? instance.deployment.controller)
  const view = {
    addresses: action.addresses === 'both' || (action.addresses === 'end' && phase === 'end'),
    cut: action.cut === 'both' || (action.cut === 'start' && (phase === 'start' || phase === null)),
  }
  const fault = details.fault === undefined ? {} : classicException(details.fault)
  const facts: Facts = {
    state: instance.state,
    oldTask: '',
    phase: phase === 'start' || phase === 'end' ? phase : null,
    image: instance.image,
    ...(details.fault === undefined ? {} : { code: httpStatusOf(details.fault) }),
    ...(details.launch === undefined ? {} : { launch: { ...details.launch, image: instance.image } }),
    ...(details.fault === undefined ? {} : { errorCode: httpStatusOf(details.fault) }),
    ...(details.ended === undefined ? {} : { ended: details.ended }),
  }
  return {
    deployment: instance.deployment,
    exchange: 'nova',
    priority: phase === 'error' ? 'ERROR' : 'INFO',
    request,
    elevated: details.elevated ?? action.elevated,
    instance,
    classic:
      action.classic === null
        ? null
        : {
            event: known,
            known,
            publisher: publishers.classic,
            hasInstance: true,
            payload: () => ({ ...classicInstance(instance, view), ...details.tail, ...fault }),
          },
    versioned:
      action.versioned === null
        ? null
        : {
            event: `instance.${action.versioned}${suffix}`,
            known,
            publisher: publishers.versioned,
            hasInstance: true,
            payload: () => versionedAction(instance, request, action, details),
          },
    facts,
  }
}
