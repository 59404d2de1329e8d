/** What nobody but a reader of the original sees of a notification. */
const bulk = new Set([
  '_context_roles',
  '_context_service_catalog',
  '_context_user_identity',
  '_context_user',
  '_context_project',
  '_context_domain',
  '_context_user_domain',
  '_context_project_domain',
  '_context_system_scope',
  '_context_resource_uuid',
  '_context_global_request_id',
  '_context_remote_address',
  '_context_quota_class',
  '_context_project_name',
  '_context_user_name',
  'access_ip_v4',
  'access_ip_v6',
  'availability_zone',
  'cell_name',
  'display_name',
  'fixed_ips',
  'hostname',
  'image_ref_url',
  'kernel_id',
  'metadata',
  'node',
  'progress',
  'ramdisk_id',
  'reservation_id',
])

/** A notification without its bulk: the columns and aggregates it becomes are the same. */
export function narrowed(notification: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(notification, (key, value: unknown) => (bulk.has(key) ? undefined : value)))
}
