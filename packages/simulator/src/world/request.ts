import type { Random } from '../core/random.ts'
import type { Micros } from '../core/time.ts'
import type { Tenant, User } from './tenant.ts'

/** A request to the API: the context in every notification that it causes. */
export type Request = {
  /** `req-` and a UUID. */
  readonly id: string
  /** Null for nova's periodic tasks, such as the audit. */
  readonly user: User | null
  readonly project: Tenant | null
  readonly admin: boolean
  /** When the API received it. */
  readonly at: Micros
  readonly address: string
}

/** Creates a user's request, or an administrator's if `project` is the operators' project. */
export function createRequest(user: User, project: Tenant, admin: boolean, at: Micros, random: Random): Request {
  return { id: `req-${random.uuid()}`, user, project, admin, at, address: `10.20.0.${random.int(2, 250)}` }
}

/** Creates the request of a periodic task, which has no user and no project. */
export function createPeriodicRequest(at: Micros, random: Random): Request {
  return { id: `req-${random.uuid()}`, user: null, project: null, admin: true, at, address: '' }
}
