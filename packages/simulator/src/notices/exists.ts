import { classicAuditPeriod, classicInstance } from '../formats/classic.ts'
import { novaObject, versionedAuditPeriod, versionedInitiator, versionedInstance } from '../formats/versioned.ts'
import type { ExistsFact, Notice } from '../notice.ts'
import { floorSecond, type Micros } from '../time.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import { computePublishers } from './action.ts'

/** Which period an exists is about, and how it is sent. */
export type Existence = {
  /** The period's ends, microseconds. */
  readonly beginning: Micros
  readonly ending: Micros
  /** The host that sends it. */
  readonly host: string
  readonly elevated: boolean
  /** A rebuild tells of the image that was. */
  readonly image?: BaseImage
}

/** `compute.instance.exists`: of a periodic audit when the request has no user, else of an operation. */
export function existsNotice(instance: Instance, request: Request, existence: Existence): Notice {
  const known = 'compute.instance.exists'
  const periodic = request.user === null
  const publishers = computePublishers(existence.host)
  // An operation's instance came by RPC, the audit's from the database.
  const cut = !periodic
  const time = (at: Micros | null): Micros | null => (at !== null && cut ? floorSecond(at) : at)
  const image = existence.image ?? instance.image
  const exists: ExistsFact = {
    periodic,
    unsettled: periodic && instance.busy,
    flavor: instance.flavor,
    image,
    launchedAt: time(instance.launchedAt),
    terminatedAt: time(instance.terminatedAt),
    deletedAt: time(instance.deletedAt),
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
      tellsInstance: true,
      payload: () => ({
        ...classicInstance(instance, { addresses: false, cut, image }),
        ...classicAuditPeriod(existence.beginning, existence.ending),
      }),
    },
    versioned: {
      event: 'instance.exists',
      known,
      publisher: publishers.versioned,
      tellsInstance: true,
      payload: () =>
        novaObject('InstanceExistsPayload', '2.0', {
          audit_period: versionedAuditPeriod(existence.beginning, existence.ending),
          ...versionedInstance(instance),
          request_id: periodic ? null : request.id,
          ...versionedInitiator(instance, request),
        }),
    },
    facts: { state: instance.state, oldTask: '', phase: null, exists },
  }
}
