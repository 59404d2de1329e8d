import { type InstanceHead, instanceHead, instanceOwner } from '@stacktach/db'
import { HttpError } from '@stacktach/http'
import type { TenantContext } from './defineResource.ts'

/**
 * Reads the instance of a request.
 *
 * @throws HttpError 404 if it is unknown, and likewise if it belongs to a tenant to which the client has no access
 */
export async function requireInstance({ db, tenants }: TenantContext, instance: string): Promise<InstanceHead> {
  const [head, tenant] = await Promise.all([instanceHead(db, instance), instanceOwner(db, instance)])
  if (head === null || (tenants !== null && (tenant === null || !tenants.has(tenant)))) {
    throw new HttpError(404, `There is no instance ${instance}`)
  }
  return { ...head, tenant }
}
