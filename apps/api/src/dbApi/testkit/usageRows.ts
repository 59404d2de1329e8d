import type { Database } from '@stacktach/db'
import { parseInstant } from '@stacktach/domain'

export const first = '0d6c3a52-7f7e-4f0c-9d43-5b8a0a3f6d11'
export const second = '1e7d4b63-8a8f-4a1d-8e54-6c9b1b4a7e22'
export const image = '5d7e0c41-2222-4a1d-8e54-6c9b1b4a7e22'

/** A time of 2026-11, such as `20 13:00:00.154927`. */
export function november(text: string): number {
  const instant = parseInstant(`2026-11-${text}`)
  if (instant === null) throw new Error(`${text} is not a time`)
  return instant
}

const times = (text: string | null | undefined) => (text === null || text === undefined ? null : november(text))

export interface ExistsRow {
  messageId: string | null
  instance?: string
  launchedAt?: string
  deletedAt?: string | null
  from?: string | null
  until?: string | null
  when?: string
  status?: string
  failReason?: string | null
  sendStatus?: number
  confirmStatus?: number | null
  repaired?: boolean
  tenant?: string
  deployment?: number
  versioned?: boolean
  launchId?: number | null
  deleteId?: number | null
  bandwidth?: string | null
}

let keys = 0

/** @returns the id of the exists */
export async function insertNovaExists({ pool }: Database, row: ExistsRow): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into instance_exists (deployment_id, dedup_key, message_id, notification_id, "when", instance, versioned,
       launched_at, deleted_at, audit_period_beginning, audit_period_ending, instance_type_id, instance_flavor_id, tenant,
       image_type, launch_id, delete_id, status, fail_reason, send_status, confirm_status, repaired, bandwidth_public_out)
     values ($1, $2, $3, 90877, $4, $5, $6, $7, $8, $9, $10, '4', 'm1.small', $11, 0, $12, $13, $14, $15, $16, $17, $18, $19)
     returning id`,
    [
      row.deployment ?? 1,
      `key-${++keys}`,
      row.messageId,
      november(row.when ?? '21 00:01:07.310422'),
      row.instance ?? first,
      row.versioned ?? false,
      november(row.launchedAt ?? '20 13:00:00'),
      times(row.deletedAt),
      times(row.from === undefined ? '20 00:00:00' : row.from),
      times(row.until === undefined ? '21 00:00:00' : row.until),
      row.tenant ?? '5000',
      row.launchId ?? null,
      row.deleteId ?? null,
      row.status ?? 'pending',
      row.failReason ?? null,
      row.sendStatus ?? 0,
      row.confirmStatus ?? null,
      row.repaired ?? false,
      row.bandwidth ?? null,
    ],
  )
  return rows[0]?.id ?? 0
}

/** Inserts the images of one notification of glance. */
export async function insertGlanceExists(
  { pool }: Database,
  messageId: string,
  images: readonly string[],
  status = 'pending',
): Promise<void> {
  const key = `key-${++keys}`
  for (const uuid of images) {
    await pool.query(
      `insert into image_exists (deployment_id, dedup_key, message_id, notification_id, "when", tie_break, uuid, created_at,
         owner, size, audit_period_beginning, audit_period_ending, usage_id, status)
       values (1, $1, $2, 5301, $3, '', $4, $5, '5000', 9007199254740993, $6, $7, 8, $8)`,
      [
        key,
        messageId,
        november('21 00:02:00'),
        uuid,
        november('20 10:00:00'),
        november('20 00:00:00'),
        november('21 00:00:00'),
        status,
      ],
    )
  }
}
