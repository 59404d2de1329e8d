import {
  durationOf,
  type Failure,
  type InstanceDelete,
  type InstanceExists,
  isEffective,
  type Launch,
  type Operation,
  type Timing,
} from '@stacktach/domain'

/** The table, natural key and columns of one kind of row. */
export interface Target<R> {
  table: string
  /** The natural key: a row with an existing key keeps its id. */
  key: readonly string[]
  types: Record<string, string>
  /** Column with the time of a row. A fold from a boundary writes only rows after the boundary. */
  since?: string
  /** Further columns of a changed row to return. */
  returned?: readonly string[]
  /** Further assignments for an existing row that changes. */
  onChange?: readonly string[]
  columns(row: R): Record<string, unknown>
}

export const timingTarget: Target<Timing> = {
  table: 'timing',
  key: ['notification_id'],
  since: 'when',
  types: {
    notification_id: 'bigint',
    instance: 'text',
    name: 'text',
    when: 'bigint',
    start_id: 'bigint',
    start_when: 'bigint',
    start_request_id: 'text',
    start_identity: 'text',
    end_id: 'bigint',
    end_when: 'bigint',
    end_request_id: 'text',
    end_identity: 'text',
    end_deployment_id: 'int',
    end_tenant: 'text',
    duration: 'bigint',
    counted: 'boolean',
  },
  columns(timing) {
    const { instance, name, start, end } = timing
    const duration = durationOf(timing)
    return {
      notification_id: (start ?? end)?.id,
      instance,
      name,
      when: (start ?? end)?.when,
      start_id: start?.id ?? null,
      start_when: start?.when ?? null,
      start_request_id: start?.requestId ?? null,
      start_identity: start?.identity ?? null,
      end_id: end?.id ?? null,
      end_when: end?.when ?? null,
      end_request_id: end?.requestId ?? null,
      end_identity: end?.identity ?? null,
      end_deployment_id: end?.deploymentId ?? null,
      end_tenant: end?.tenant ?? null,
      duration,
      counted: duration !== null && duration >= 0,
    }
  },
}

export const launches: Target<Launch> = {
  table: 'instance_launch',
  key: ['instance', 'request_id'],
  types: {
    instance: 'text',
    request_id: 'text',
    launched_at: 'bigint',
    instance_type_id: 'text',
    instance_flavor_id: 'text',
    tenant: 'text',
    rax_options: 'text',
    os_architecture: 'text',
    os_version: 'text',
    os_distro: 'text',
    first_when: 'bigint',
    last_when: 'bigint',
    versioned: 'boolean',
    reported: 'jsonb',
  },
  columns: (launch) => ({
    instance: launch.instance,
    request_id: launch.requestId,
    launched_at: launch.launchedAt,
    instance_type_id: launch.instanceTypeId,
    instance_flavor_id: launch.instanceFlavorId,
    tenant: launch.tenant,
    rax_options: launch.raxOptions,
    os_architecture: launch.osArchitecture,
    os_version: launch.osVersion,
    os_distro: launch.osDistro,
    first_when: launch.firstWhen,
    last_when: launch.lastWhen,
    versioned: launch.versioned,
    reported: JSON.stringify(launch.reported),
  }),
}

export const deletes: Target<InstanceDelete> = {
  table: 'instance_delete',
  key: ['instance', 'launched_at', 'deleted_at'],
  types: {
    instance: 'text',
    launched_at: 'bigint',
    deleted_at: 'bigint',
    payload_deleted_at: 'bigint',
    notification_id: 'bigint',
    status: 'text',
    effective: 'boolean',
  },
  columns: (row) => ({
    instance: row.instance,
    launched_at: row.launchedAt,
    deleted_at: row.deletedAt,
    payload_deleted_at: row.payloadDeletedAt,
    notification_id: row.notificationId,
    status: row.status,
    effective: isEffective(row),
  }),
}

export const exists: Target<InstanceExists> = {
  table: 'instance_exists',
  key: ['deployment_id', 'dedup_key'],
  since: 'when',
  types: {
    deployment_id: 'int',
    dedup_key: 'text',
    message_id: 'text',
    notification_id: 'bigint',
    when: 'bigint',
    instance: 'text',
    versioned: 'boolean',
    launched_at: 'bigint',
    deleted_at: 'bigint',
    terminated_at: 'bigint',
    audit_period_beginning: 'bigint',
    audit_period_ending: 'bigint',
    instance_type_id: 'text',
    instance_flavor_id: 'text',
    flavor_name: 'text',
    memory_mb: 'bigint',
    tenant: 'text',
    rax_options: 'text',
    os_architecture: 'text',
    os_version: 'text',
    os_distro: 'text',
    image_type: 'int',
    host: 'text',
    bandwidth_public_out: 'bigint',
  },
  // A changed exists must be verified again.
  onChange: [`"status" = 'pending'`, '"fail_reason" = null'],
  columns: (row) => ({
    deployment_id: row.deploymentId,
    dedup_key: row.dedupKey,
    message_id: row.messageId,
    notification_id: row.notificationId,
    when: row.when,
    instance: row.instance,
    versioned: row.versioned,
    launched_at: row.launchedAt,
    deleted_at: row.deletedAt,
    terminated_at: row.terminatedAt,
    audit_period_beginning: row.auditPeriodBeginning,
    audit_period_ending: row.auditPeriodEnding,
    instance_type_id: row.instanceTypeId,
    instance_flavor_id: row.instanceFlavorId,
    flavor_name: row.flavorName,
    memory_mb: row.memoryMb,
    tenant: row.tenant,
    rax_options: row.raxOptions,
    os_architecture: row.osArchitecture,
    os_version: row.osVersion,
    os_distro: row.osDistro,
    image_type: row.imageType,
    host: row.host,
    bandwidth_public_out: row.bandwidthPublicOut,
  }),
}

export const operations: Target<Operation> = {
  table: 'operation',
  key: ['notification_id'],
  since: 'when',
  types: {
    notification_id: 'bigint',
    instance: 'text',
    name: 'text',
    request_id: 'text',
    when: 'bigint',
    identity: 'text',
    end_when: 'bigint',
    outcome: 'text',
    attempts: 'jsonb',
    deployment_id: 'int',
    tenant: 'text',
    user_id: 'text',
    host: 'text',
    flavor: 'text',
    image: 'text',
  },
  columns: (operation) => ({
    notification_id: operation.notificationId,
    instance: operation.instance,
    name: operation.name,
    request_id: operation.requestId,
    when: operation.when,
    identity: operation.identity,
    end_when: operation.end,
    outcome: operation.outcome,
    attempts: JSON.stringify(operation.attempts),
    deployment_id: operation.deploymentId,
    tenant: operation.tenant,
    user_id: operation.userId,
    host: operation.host,
    flavor: operation.flavor,
    image: operation.image,
  }),
}

export const failures: Target<Failure> = {
  table: 'failure',
  key: ['notification_id'],
  returned: ['instance', 'name', 'deployment_id'],
  since: 'when',
  types: {
    notification_id: 'bigint',
    when: 'bigint',
    instance: 'text',
    request_id: 'text',
    name: 'text',
    error: 'text',
    host: 'text',
    flavor: 'text',
    image: 'text',
    tenant: 'text',
    deployment_id: 'int',
  },
  columns: (failure) => ({
    notification_id: failure.notificationId,
    when: failure.when,
    instance: failure.instance,
    request_id: failure.requestId,
    name: failure.name,
    error: failure.error,
    host: failure.host,
    flavor: failure.flavor,
    image: failure.image,
    tenant: failure.tenant,
    deployment_id: failure.deploymentId,
  }),
}
