import type { Random } from '../core/random.ts'
import type { Micros } from '../core/time.ts'
import type { Tenant, User } from './tenant.ts'

/** Who asked for what follows: the context that every notification of the request carries. */
export type Request = {
  /** `req-` and a UUID. */
  readonly id: string
  /** Null for what nova does by itself, such as the periodic audit. */
  readonly user: User | null
  readonly project: Tenant | null
  readonly admin: boolean
  /** When the API took it. */
  readonly at: Micros
  readonly address: string
}

/** A user's request, or an administrator's when `project` is the operators'. */
export function createRequest(user: User, project: Tenant, admin: boolean, at: Micros, random: Random): Request {
  return { id: `req-${random.uuid()}`, user, project, admin, at, address: `10.20.0.${random.int(2, 250)}` }
}

/** The request id of a periodic task: it has no user and no project. */
export function createPeriodicRequest(at: Micros, random: Random): Request {
  return { id: `req-${random.uuid()}`, user: null, project: null, admin: true, at, address: '' }
}
