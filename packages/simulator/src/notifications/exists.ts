import { floorSecond, type Micros } from '../core/time.ts'
import { classicAuditPeriod, classicInstance } from '../formats/classic.ts'
import { novaObject, versionedAuditPeriod, versionedInitiator, versionedInstance } from '../formats/versioned.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance, UsageFault } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import { computePublishers } from './action.ts'
import { instanceNotification } from './instanceNotification.ts'
import type { ExistsFact, Notification } from './notification.ts'

/** The instance as an exists describes it, and the fault planted in that description. */
export type ExistsView = { readonly instance: Instance; readonly planted: UsageFault | null }

/** The audit period and the sender of an exists. */
export type ExistsDetails = {
  /** The audit period, microseconds: `from` inclusive, `until` exclusive. */
  readonly from: Micros
  readonly until: Micros
  /** The host that sends it. */
  readonly host: string
  readonly elevated: boolean
  /** The image before a rebuild, which the rebuild's exists reports. */
  readonly image?: BaseImage
}

/**
 * `compute.instance.exists`: periodic if the request has no user, else sent by an operation.
 *
 * @param view the instance as the exists describes it
 */
export function existsNotification(
  instance: Instance,
  view: ExistsView,
  request: Request,
  { from, until, host, elevated, image: previousImage }: ExistsDetails,
): Notification {
  const described = view.instance
  const storedEvent = 'compute.instance.exists'
  const periodic = request.user === null
  const publishers = computePublishers(host)
  // An operation receives the instance by RPC, which truncates times; the audit reads the database.
  const truncate = !periodic
  const time = (at: Micros | null): Micros | null => (at !== null && truncate ? floorSecond(at) : at)
  const image = previousImage ?? described.image
  const exists: ExistsFact = {
    periodic,
    midOperation: periodic && described.busy,
    flavor: described.flavor,
    tenant: described.tenant,
    image,
    planted: view.planted,
    launched: described.launched,
    launchedAt: time(described.launchedAt),
    terminatedAt: time(described.terminatedAt),
    deletedAt: time(described.deletedAt),
    auditBeginning: from,
    auditEnding: until,
  }
  return {
    ...instanceNotification(instance, request),
    elevated,
    classic: {
      eventType: storedEvent,
      storedEvent,
      publisher: publishers.classic,
      hasInstance: true,
      payload: () => ({
        ...classicInstance(described, { addresses: false, truncate, image }),
        ...classicAuditPeriod(from, until),
      }),
    },
    versioned: {
      eventType: 'instance.exists',
      storedEvent,
      publisher: publishers.versioned,
      hasInstance: true,
      payload: () =>
        novaObject('InstanceExistsPayload', '2.0', {
          audit_period: versionedAuditPeriod(from, until),
          ...versionedInstance(described),
          request_id: periodic ? null : request.id,
          ...versionedInitiator(described, request),
        }),
    },
    facts: { state: described.state, oldTask: '', phase: null, exists },
  }
}
