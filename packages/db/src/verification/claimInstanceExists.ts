import type { ExistsToVerify, InstanceEvidence } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { boundsOf, type ExistsRange } from './range.ts'

/** A pending nova exists, with the launches and deletes stored for its instance. */
export interface ClaimedInstanceExists {
  id: number
  exists: ExistsToVerify
  evidence: InstanceEvidence
}

/**
 * Claims pending exists in a range, the oldest first, skipping rows that another process has locked. The rows stay locked
 * until this transaction ends. Launches and deletes are read by later statements: a transaction that changes them meanwhile
 * blocks on these rows (`reopenInstanceExists`) and then sees the verdict.
 */
export async function claimInstanceExists(
  client: Queryable,
  range: ExistsRange,
  limit: number,
): Promise<ClaimedInstanceExists[]> {
  const ids = await claimIds(client, range, limit)
  if (ids.length === 0) return []
  const deletes = await readDeletes(client, ids)
  const { rows } = await client.query<Row>(
    `select e.id, e.launched_at, e.deleted_at, e.terminated_at, e.audit_period_ending, e.instance_type_id,
            e.instance_flavor_id, e.tenant, e.rax_options, e.os_architecture, e.os_version, e.os_distro, e.image_type,
            l.id as launch_id, l.launched_at as launch_launched_at, l.instance_type_id as launch_instance_type_id,
            l.instance_flavor_id as launch_instance_flavor_id, l.tenant as launch_tenant,
            l.rax_options as launch_rax_options, l.os_architecture as launch_os_architecture,
            l.os_version as launch_os_version, l.os_distro as launch_os_distro
       from instance_exists e left join instance_launch l on l.id = e.launch_id
      where e.id = any($1)`,
    [ids],
  )
  return rows.map((row) => ({ id: row.id, exists: existsOf(row), evidence: evidenceOf(row, deletes) }))
}

async function claimIds(client: Queryable, range: ExistsRange, limit: number): Promise<number[]> {
  const { from, until } = boundsOf(range)
  const ending = await client.query<{ id: number }>(
    `select id from instance_exists
      where status = 'pending' and audit_period_ending >= $1 and audit_period_ending < $2
      order by audit_period_ending limit $3 for update skip locked`,
    [from, until, limit],
  )
  // An exists without an audit period is placed by the time of its notification.
  const endless = await client.query<{ id: number }>(
    `select id from instance_exists
      where status = 'pending' and audit_period_ending is null and "when" >= $1 and "when" < $2
      limit $3 for update skip locked`,
    [from, until, limit - ending.rows.length],
  )
  return [...ending.rows, ...endless.rows].map(({ id }) => id)
}

type Deletes = Map<number, InstanceEvidence['deletes'][number][]>

/** Deletes by exists: same instance, launched_at within one second, the widest reach of "the same second". */
async function readDeletes(client: Queryable, ids: readonly number[]): Promise<Deletes> {
  const { rows } = await client.query<{
    id: number
    launched_at: number
    deleted_at: number
    payload_deleted_at: number | null
  }>(
    `select e.id, d.launched_at, d.deleted_at, d.payload_deleted_at
       from instance_exists e
       join instance_delete d on d.instance = e.instance
        and d.launched_at > e.launched_at - 1000000 and d.launched_at < e.launched_at + 1000000
      where e.id = any($1)
      order by d.deleted_at, d.launched_at`,
    [ids],
  )
  const deletes: Deletes = new Map()
  for (const { id, launched_at, deleted_at, payload_deleted_at } of rows) {
    const row = {
      launchedAt: launched_at,
      deletedAt: deleted_at,
      payloadDeletedAt: payload_deleted_at,
    }
    deletes.set(id, [...(deletes.get(id) ?? []), row])
  }
  return deletes
}

interface Row {
  id: number
  launched_at: number
  deleted_at: number | null
  terminated_at: number | null
  audit_period_ending: number | null
  instance_type_id: string | null
  instance_flavor_id: string | null
  tenant: string | null
  rax_options: string | null
  os_architecture: string | null
  os_version: string | null
  os_distro: string | null
  image_type: number
  launch_id: number | null
  launch_launched_at: number | null
  launch_instance_type_id: string | null
  launch_instance_flavor_id: string | null
  launch_tenant: string | null
  launch_rax_options: string | null
  launch_os_architecture: string | null
  launch_os_version: string | null
  launch_os_distro: string | null
}

function existsOf(row: Row): ExistsToVerify {
  return {
    launchedAt: row.launched_at,
    deletedAt: row.deleted_at,
    terminatedAt: row.terminated_at,
    auditPeriodEnding: row.audit_period_ending,
    instanceTypeId: row.instance_type_id,
    instanceFlavorId: row.instance_flavor_id,
    tenant: row.tenant,
    raxOptions: row.rax_options ?? '',
    osArchitecture: row.os_architecture ?? '',
    osVersion: row.os_version ?? '',
    osDistro: row.os_distro ?? '',
    imageType: row.image_type,
  }
}

function evidenceOf(row: Row, deletes: Deletes): InstanceEvidence {
  const launch = row.launch_id !== null && {
    launchedAt: row.launch_launched_at,
    instanceTypeId: row.launch_instance_type_id,
    instanceFlavorId: row.launch_instance_flavor_id,
    tenant: row.launch_tenant,
    raxOptions: row.launch_rax_options ?? '',
    osArchitecture: row.launch_os_architecture ?? '',
    osVersion: row.launch_os_version ?? '',
    osDistro: row.launch_os_distro ?? '',
  }
  return { launch: launch || null, deletes: deletes.get(row.id) ?? [] }
}
