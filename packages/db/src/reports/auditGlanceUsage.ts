import type { ExistsCount, GlanceUsage } from '@stacktach/domain'
import { shownSendStatus, shownStatus } from '../sql/existsStatus.ts'
import type { Queryable } from '../sql/transaction.ts'
import type { ReportScope } from './scope.ts'

/** SQL condition: a deployment in scope published image usage `u`; the usage row itself has no deployment. */
const inScope = `($3::int[] is null or exists (
  select from notification_glance n
   where n.id = u.notification_id and n."when" = u."when" and n.deployment_id = any($3)))`

/**
 * Image usage that glance reported in a period, and the images without a report. StackTach counts all undeleted images
 * created before the period as one, because its join overwrites their uuids with null; the current rules count each.
 */
export async function auditGlanceUsage(
  client: Queryable,
  { period: { from: start, until: end }, deployments, rules }: ReportScope,
): Promise<GlanceUsage> {
  const parameters = [start, end, deployments]
  const exists = await client.query<ExistsCount>(
    `select ${shownStatus('e')} as status, ${shownSendStatus('e')} as "sendStatus", count(*)::int as count
       from image_exists e
      where "when" >= $1 and "when" < $2 and audit_period_ending - audit_period_beginning = $2 - $1
        and ($3::int[] is null or deployment_id = any($3))
      group by 1, 2`,
    parameters,
  )
  const failures = await client.query<{ id: number; reason: string | null }>(
    `select id, fail_reason as reason
       from image_exists
      where "when" >= $1 and "when" < $2 and status = 'failed' and ($3::int[] is null or deployment_id = any($3))
      order by id`,
    parameters,
  )
  const images = await client.query<{ new: number; old: number; alive: number }>(
    `select count(*) filter (where created_at >= $1)::int as new,
            count(*) filter (where created_at < $1)::int as old,
            count(*) filter (where created_at < $1 and d.uuid is null)::int as alive
       from image_usage u left join image_delete d on d.uuid = u.uuid
      where created_at < $2 and ${inScope} and (created_at >= $1 or d.uuid is null or d.deleted_at > $1)`,
    parameters,
  )
  const { new: newImages, old, alive } = images.rows[0] ?? { new: 0, old: 0, alive: 0 }
  const missing = await client.query<{ id: number; uuid: string }>(
    `select id, uuid from image_usage u
      where created_at >= $1 and created_at < $2 and ${inScope}
        and not exists (select from image_exists e
                         where e.uuid = u.uuid and audit_period_beginning = $1 and audit_period_ending between $1 and $2)
      order by created_at, id`,
    parameters,
  )
  return {
    exists: exists.rows,
    existsFailures: failures.rows,
    newImages,
    oldImages: rules === 'stacktach' ? old - alive + Math.min(alive, 1) : old,
    imagesWithoutExists: missing.rows,
  }
}
