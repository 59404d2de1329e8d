import { classicAuditPeriod, classicInstance } from '../formats/classic.ts'
import { novaObject, versionedAuditPeriod, versionedInitiator, versionedInstance } from '../formats/versioned.ts'
import type { ExistsFact, Notification } from './notification.ts'
import { floorSecond, type Micros } from '../core/time.ts'
import type { UsageFault } from '../truth/truth.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import { computePublishers } from './action.ts'

/** The instance as an exists shows it, and what is planted in that. */
export type ExistsView = { readonly shown: Instance; readonly planted: UsageFault | null }

/** Which period an exists is about, and how it is sent. */
export type ExistsDetails = {
  /** The period's ends, microseconds. */
  readonly beginning: Micros
  readonly ending: Micros
  /** The host that sends it. */
  readonly host: string
  readonly elevated: boolean
  /** A rebuild tells of the image that was. */
  readonly image?: BaseImage
}

/**
 * `compute.instance.exists`: of a periodic audit when the request has no user, else of an operation.
 *
 * @param showing the instance as the exists is to show it
 */
export function existsNotification(instance: Instance, showing: ExistsView, request: Request, existence: ExistsDetails): Notification {
  const { shown, planted } = showing
  const known = 'compute.instance.exists'
  const periodic = request.user === null
  const publishers = computePublishers(existence.host)
  // An operation's instance came by RPC, the audit's from the database.
  const cut = !periodic
  const time = (at: Micros | null): Micros | null => (at !== null && cut ? floorSecond(at) : at)
  const image = existence.image ?? shown.image
  const exists: ExistsFact = {
    periodic,
    midOperation: periodic && shown.busy,
    flavor: shown.flavor,
    tenant: shown.tenant,
    image,
    planted,
    launched: shown.launched,
    launchedAt: time(shown.launchedAt),
    terminatedAt: time(shown.terminatedAt),
    deletedAt: time(shown.deletedAt),
    auditBeginning: existence.beginning,
    auditEnding: existence.ending,
  }
  return {
    deployment: instance.deployment,
    exchange: 'nova',
    priority: 'INFO',
    request,
    elevated: existence.elevated,
    instance,
    classic: {
      event: known,
      known,
      publisher: publishers.classic,
      hasInstance: true,
      payload: () => ({
        ...classicInstance(shown, { addresses: false, cut, image }),
        ...classicAuditPeriod(existence.beginning, existence.ending),
      }),
    },
    versioned: {
      event: 'instance.exists',
      known,
      publisher: publishers.versioned,
      hasInstance: true,
      payload: () =>
        novaObject('InstanceExistsPayload', '2.0', {
          audit_period: versionedAuditPeriod(existence.beginning, existence.ending),
          ...versionedInstance(shown),
          request_id: periodic ? null : request.id,
          ...versionedInitiator(shown, request),
        }),
    },
    facts: { state: shown.state, oldTask: '', phase: null, exists },
  }
}
