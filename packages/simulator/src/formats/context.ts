import type { JsonObject } from '../core/json.ts'
import { isoMicros, type Micros } from '../core/time.ts'
import type { Request } from '../world/request.ts'

/** The roles of the request's user in the service that sends the notification. */
function rolesOf(request: Request, elevated: boolean): string[] {
  if (request.user === null) return []
  if (request.admin) return ['admin', 'member', 'reader']
  return elevated ? ['member', 'reader', 'admin'] : ['member', 'reader']
}

/** The `_context_*` keys as oslo.messaging sends them, without secrets and addresses. `at` in microseconds. */
export function contextKeys(request: Request, elevated: boolean, at: Micros): JsonObject {
  const user = request.user?.id ?? null
  const project = request.project?.id ?? null
  const domain = user === null ? null : 'default'
  return {
    _context_user: user,
    _context_project_id: project,
    _context_system_scope: null,
    _context_project: project,
    _context_domain: null,
    _context_user_domain: domain,
    _context_project_domain: domain,
    _context_is_admin: request.admin || elevated,
    _context_read_only: false,
    _context_show_deleted: false,
    _context_auth_token: null,
    _context_request_id: request.id,
    _context_global_request_id: null,
    _context_resource_uuid: null,
    _context_roles: rolesOf(request, elevated),
    _context_user_identity: user === null ? '- - - - -' : `${user} ${project} - default default`,
    _context_is_admin_project: true,
    _context_user_id: user,
    _context_read_deleted: 'no',
    _context_remote_address: null,
    _context_timestamp: isoMicros(at),
    _context_quota_class: null,
    _context_user_name: request.user?.name ?? null,
    _context_service_catalog: [],
    _context_project_name: request.project?.name ?? null,
  }
}

/** A complete context, including token and catalog, as nova embeds it in some classic payloads. */
export function dumpedContext(request: Request): JsonObject {
  const url = 'http://controller:8776/v3'
  return {
    _user_id: request.user?.id ?? null,
    _project_id: request.project?.id ?? null,
    _domain_id: null,
    _user_domain_id: 'default',
    _project_domain_id: 'default',
    auth_token: 'gAAAAAB-not-a-real-token',
    user_name: request.user?.name ?? null,
    project_name: request.project?.name ?? null,
    domain_name: null,
    system_scope: null,
    user_domain_name: null,
    project_domain_name: null,
    is_admin: request.admin,
    is_admin_project: true,
    read_only: false,
    show_deleted: false,
    resource_uuid: null,
    roles: rolesOf(request, false),
    service_token: null,
    service_user_id: null,
    service_user_name: null,
    service_user_domain_id: null,
    service_user_domain_name: null,
    service_project_id: null,
    service_project_name: null,
    service_project_domain_id: null,
    service_project_domain_name: null,
    service_roles: [],
    request_id: request.id,
    global_request_id: null,
    _read_deleted: 'no',
    remote_address: request.address,
    timestamp: isoMicros(request.at),
    service_catalog: [
      {
        type: 'volumev3',
        name: 'cinderv3',
        endpoints: [{ region: 'RegionOne', publicURL: url, internalURL: url, adminURL: url }],
      },
    ],
    quota_class: null,
    db_connection: null,
    mq_connection: null,
    cell_uuid: null,
    user_auth_plugin: null,
  }
}
