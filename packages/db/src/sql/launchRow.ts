import type { Launch } from '@stacktach/domain'

/** A row of instance_launch. */
export interface LaunchRow {
  instance: string
  request_id: string
  launched_at: number | null
  instance_type_id: string | null
  instance_flavor_id: string | null
  tenant: string | null
  rax_options: string
  os_architecture: string
  os_version: string
  os_distro: string
  first_when: number
  /** Null in rows of versions that did not store it. */
  last_when: number | null
  versioned: boolean
  reported: Launch['reported']
}

/** The launch of a row. */
export function launchOf(row: LaunchRow): Launch {
  return {
    instance: row.instance,
    requestId: row.request_id,
    launchedAt: row.launched_at,
    instanceTypeId: row.instance_type_id,
    instanceFlavorId: row.instance_flavor_id,
    tenant: row.tenant,
    raxOptions: row.rax_options,
    osArchitecture: row.os_architecture,
    osVersion: row.os_version,
    osDistro: row.os_distro,
    versioned: row.versioned,
    firstWhen: row.first_when,
    lastWhen: row.last_when ?? row.first_when,
    reported: row.reported,
  }
}
