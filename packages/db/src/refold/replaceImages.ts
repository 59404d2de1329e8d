import type { GlanceFacts, ImageFold, ImageNotification } from '@stacktach/domain'
import { linkImages, writeImages } from '../fold/writeImages.ts'
import { readSpans } from '../sql/spans.ts'
import type { Queryable } from '../sql/transaction.ts'
import { readHorizon } from '../store/horizon.ts'

/** Reads the stored notifications of images, except `image.exists`, whose rows depend on one notification only. */
export async function readImageHistories(client: Queryable, uuids: readonly string[]): Promise<ImageNotification[]> {
  const spans = await readSpans(client, 'glance', 'image', uuids)
  const { rows } = await client.query<{
    id: number
    when: number
    uuid: string
    deployment_id: number
    identity: string
    event: string
    message_id: string | null
    dedup_key: string
    facts: GlanceFacts
  }>(
    `select n.id, n."when", n.uuid, n.deployment_id, n.dedup_key || E'\\t' || d.name as identity, n.event, n.message_id,
            n.dedup_key, n.facts
       from notification_glance n join deployment d on d.id = n.deployment_id
      where n.uuid = any($1) and n.event <> 'image.exists' and n.facts is not null and n."when" >= $2 and n."when" < $3`,
    [spans.keys, spans.whole.from, spans.whole.until],
  )
  return rows.map((row) => ({
    image: row.uuid,
    id: row.id,
    when: row.when,
    deploymentId: row.deployment_id,
    identity: row.identity,
    event: row.event,
    messageId: row.message_id,
    dedupKey: row.dedup_key,
    facts: row.facts,
  }))
}

/** Less than the position of every notification. */
const BEFORE_ALL = Number.MIN_SAFE_INTEGER

/** The rows of an image, and the column that decides which of two notifications counts. */
const replaced = [
  { table: 'image_usage', order: 'priority' },
  { table: 'image_delete', order: 'when' },
] as const

/**
 * Replaces the usages and deletes of images by those of a fold of all their stored notifications. Rows keep their ids; rows
 * of dropped notifications stay, unless a stored one takes precedence.
 *
 * @returns ids of the images whose usage or delete was written or deleted
 */
export async function replaceImages(client: Queryable, uuids: readonly string[], fold: ImageFold): Promise<string[]> {
  const horizon = (await readHorizon(client, 'glance')) ?? BEFORE_ALL
  // A row of a stored notification gives way to every row of the fold. A row without a successor is deleted.
  for (const { table, order } of replaced) {
    await client.query(`update ${table} set "${order}" = $2 where uuid = any($1) and "when" >= $3`, [
      uuids,
      BEFORE_ALL,
      horizon,
    ])
  }
  const changed = await writeImages(client, fold)
  for (const { table, order } of replaced) {
    const { rows } = await client.query<{ uuid: string }>(
      `delete from ${table} where uuid = any($1) and "${order}" = $2 returning uuid`,
      [uuids, BEFORE_ALL],
    )
    changed.push(...rows.map(({ uuid }) => uuid))
  }
  await linkImages(client, uuids)
  return [...new Set(changed)]
}
