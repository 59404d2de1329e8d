import type { ImageEvidence, ImageExistsToVerify } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { boundsOf, type ExistsRange } from './range.ts'

/** One image of a pending glance exists, with the usage and the delete stored for that image. */
export interface ClaimedImageExists {
  id: number
  exists: ImageExistsToVerify
  evidence: ImageEvidence
}

/**
 * Claims the pending images of glance exists in a range, the oldest first, skipping rows that another process has locked.
 * One process claims all images of a notification: the notification is published when its last image passes, which two
 * processes with half of the images each could not detect.
 */
export async function claimImageExists(
  client: Queryable,
  range: ExistsRange,
  limit: number,
): Promise<ClaimedImageExists[]> {
  const notifications = await claimNotifications(client, range, limit)
  if (notifications.length === 0) return []
  const { rows: locked } = await client.query<{ id: number }>(
    `select e.id from unnest($1::int[], $2::text[]) as claimed(deployment_id, dedup_key)
       join image_exists e on e.deployment_id = claimed.deployment_id and e.dedup_key = claimed.dedup_key
      where e.status = 'pending'
      order by e.id for update of e`,
    [notifications.map(({ deployment_id }) => deployment_id), notifications.map(({ dedup_key }) => dedup_key)],
  )
  const { rows } = await client.query<Row>(
    `select e.id, e.created_at, e.deleted_at, e.owner, e.size::text, e.audit_period_ending,
            u.created_at as usage_created_at, u.owner as usage_owner, u.size::text as usage_size,
            d.deleted_at as delete_deleted_at
       from image_exists e
       left join image_usage u on u.id = e.usage_id
       left join image_delete d on d.uuid = e.uuid
      where e.id = any($1)`,
    [locked.map(({ id }) => id)],
  )
  return rows.map((row) => ({ id: row.id, exists: existsOf(row), evidence: evidenceOf(row) }))
}

interface NotificationKey {
  deployment_id: number
  dedup_key: string
}

async function claimNotifications(client: Queryable, range: ExistsRange, limit: number): Promise<NotificationKey[]> {
  const { from, until } = boundsOf(range)
  const { rows } = await client.query<NotificationKey>(
    `with due as materialized (
       select distinct deployment_id, dedup_key
         from (select deployment_id, dedup_key from image_exists
                where status = 'pending' and audit_period_ending >= $1 and audit_period_ending < $2
                order by audit_period_ending limit $3) as ending
       union
       select deployment_id, dedup_key
         from (select deployment_id, dedup_key from image_exists
                where status = 'pending' and audit_period_ending is null and "when" >= $1 and "when" < $2
                limit $3) as endless
     )
     select deployment_id, dedup_key from due
      where pg_try_advisory_xact_lock(hashtextextended('verify ' || deployment_id || ' ' || dedup_key, 0))`,
    [from, until, limit],
  )
  return rows
}

interface Row {
  id: number
  created_at: number
  deleted_at: number | null
  owner: string | null
  size: string | null
  audit_period_ending: number | null
  usage_created_at: number | null
  usage_owner: string | null
  usage_size: string | null
  delete_deleted_at: number | null
}

function existsOf(row: Row): ImageExistsToVerify {
  return {
    createdAt: row.created_at,
    deletedAt: row.deleted_at,
    owner: row.owner,
    size: row.size,
    auditPeriodEnding: row.audit_period_ending,
  }
}

function evidenceOf(row: Row): ImageEvidence {
  return {
    usage:
      row.usage_created_at === null
        ? null
        : { createdAt: row.usage_created_at, owner: row.usage_owner, size: row.usage_size },
    delete: row.delete_deleted_at === null ? null : { deletedAt: row.delete_deleted_at },
  }
}
