import type pg from 'pg'

interface Aggregate {
  /** Rows without ids: message ids stand for notifications, natural keys for linked rows. */
  rows: string
  /** Each row's natural key and id. */
  ids?: string
}

const aggregates: Record<string, Aggregate> = {
  lifecycle: {
    rows: `select l.instance, n.message_id, l.notification_when, l.state, l.task_state, l.launched_at, l.deleted_at,
                  l.tenant, l.host, d.name as deployment
             from lifecycle l
             join notification_nova n on n.id = l.notification_id left join deployment d on d.id = l.deployment_id`,
  },
  timing: {
    rows: `select t.instance, t.name, s.message_id as start, e.message_id as end, t.start_when, t.end_when, t.duration,
                  t.counted, t.end_request_id, t.end_tenant
             from timing t
             left join notification_nova s on s.id = t.start_id left join notification_nova e on e.id = t.end_id`,
    ids: 'select notification_id as key, id from timing',
  },
  timing_histogram: {
    rows: `select h.name, d.name as deployment, h.bucket, h.stripe, h.count
             from timing_histogram h join deployment d on d.id = h.deployment_id`,
  },
  operation: {
    rows: `select o.instance, o.name, o.request_id, n.message_id, o."when", o.identity, o.end_when, o.outcome, o.attempts,
                  d.name as deployment, o.tenant, o.user_id, o.host, o.flavor, o.image
             from operation o
             join deployment d on d.id = o.deployment_id left join notification_nova n on n.id = o.notification_id`,
    ids: 'select notification_id as key, id from operation',
  },
  failure: {
    rows: `select f.instance, f.request_id, f.name, n.message_id, f."when", f.error, f.host, f.flavor, f.image, f.tenant,
                  d.name as deployment
             from failure f
             join deployment d on d.id = f.deployment_id left join notification_nova n on n.id = f.notification_id`,
    ids: 'select notification_id as key, id from failure',
  },
  request_tracker: {
    rows: `select r.request_id, n.message_id, r.start_when, t.name as timing, r.event, r.instance, d.name as deployment,
                  r.tenant, r.end_when, r.duration
             from request_tracker r join notification_nova n on n.id = r.start_id
             left join timing t on t.id = r.timing_id left join deployment d on d.id = r.deployment_id`,
  },
  instance_launch: {
    rows: `select instance, request_id, launched_at, instance_type_id, instance_flavor_id, tenant, rax_options,
                  os_architecture, os_version, os_distro, first_when, last_when, versioned, reported
             from instance_launch`,
    ids: `select instance || ' ' || request_id as key, id from instance_launch`,
  },
  instance_delete: {
    rows: `select d.instance, d.launched_at, d.deleted_at, d.payload_deleted_at, n.message_id, d.status,
                  d.effective
             from instance_delete d join notification_nova n on n.id = d.notification_id`,
    ids: `select instance || ' ' || launched_at || ' ' || deleted_at as key, id from instance_delete`,
  },
  instance_exists: {
    rows: `select e.message_id, e.instance, e."when", e.versioned, e.launched_at, e.deleted_at, e.terminated_at,
                  e.audit_period_beginning, e.audit_period_ending, e.instance_type_id, e.instance_flavor_id, e.flavor_name,
                  e.memory_mb, e.tenant, e.host, e.bandwidth_public_out, e.status, e.fail_reason, l.request_id as launch,
                  d.deleted_at as delete
             from instance_exists e
             left join instance_launch l on l.id = e.launch_id left join instance_delete d on d.id = e.delete_id`,
    ids: `select deployment_id || ' ' || dedup_key as key, id from instance_exists`,
  },
  image_usage: {
    rows: 'select uuid, created_at, owner, size, priority from image_usage',
    ids: 'select uuid as key, id from image_usage',
  },
  image_delete: { rows: 'select uuid, deleted_at from image_delete', ids: 'select uuid as key, id from image_delete' },
  image_exists: {
    rows: `select e.message_id, e.uuid, e.created_at, e.deleted_at, e.owner, e.size, e.status, e.fail_reason, u.uuid as usage, d.uuid as delete
             from image_exists e
             left join image_usage u on u.id = e.usage_id left join image_delete d on d.id = e.delete_id`,
    ids: `select deployment_id || ' ' || dedup_key || ' ' || uuid as key, id from image_exists`,
  },
}

/** The rows of all aggregates without their ids, sorted, by table. */
export async function everyAggregate({ pool }: { pool: pg.Pool }): Promise<Record<string, string[]>> {
  const tables: Record<string, string[]> = {}
  for (const [table, { rows: sql }] of Object.entries(aggregates)) {
    const { rows } = await pool.query<{ row: string }>(`select row_to_json(a)::text as row from (${sql}) as a`)
    tables[table] = rows.map(({ row }) => row).sort()
  }
  return tables
}

/** The same rows as sorted hashes: small, so that a test can keep the state of many moments in memory. */
export async function everyAggregateHash({ pool }: { pool: pg.Pool }): Promise<string[]> {
  const hashes: string[] = []
  for (const [table, { rows: sql }] of Object.entries(aggregates)) {
    const { rows } = await pool.query<{ hash: string }>(
      `select hashtextextended($1 || a::text, 0)::text as hash from (${sql}) as a`,
      [table],
    )
    for (const { hash } of rows) hashes.push(hash)
  }
  return hashes.sort()
}

/** The ids of all rows that have one, by table and natural key. */
export async function everyRowId({ pool }: { pool: pg.Pool }): Promise<Map<string, string>> {
  const idByKey = new Map<string, string>()
  for (const [table, { ids }] of Object.entries(aggregates)) {
    if (ids === undefined) continue
    const { rows } = await pool.query<{ key: string; id: string }>(`select key, id::text from (${ids}) as a`)
    for (const { key, id } of rows) idByKey.set(`${table} ${key}`, id)
  }
  return idByKey
}
