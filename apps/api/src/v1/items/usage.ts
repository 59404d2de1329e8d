import { type DeleteOfInstance, type ExistsOfInstance, existsStatuses, type LaunchOfInstance } from '@stacktach/db'
import { z } from 'zod'
import { defineCursor, microseconds, rowId } from '../cursor.ts'
import { rowNumber, time, toTime, toTimeOrNull } from '../values.ts'

/** A launch of an instance. */
export const launch = z
  .object({
    id: rowNumber,
    request_id: z.string(),
    launched_at: time.nullable().meta({ description: 'Null while the instance starts, and if the launch failed.' }),
    instance_type_id: z.string().nullable(),
    instance_flavor_id: z.string().nullable(),
    tenant: z.string().nullable(),
  })
  .meta({ id: 'Launch' })

/** Converts a row for an answer. */
export function toLaunch(row: LaunchOfInstance): z.infer<typeof launch> {
  return {
    id: row.id,
    request_id: row.requestId,
    launched_at: toTimeOrNull(row.launchedAt),
    instance_type_id: row.instanceTypeId,
    instance_flavor_id: row.instanceFlavorId,
    tenant: row.tenant,
  }
}

/** A delete of an instance. */
export const instanceDelete = z
  .object({
    id: rowNumber,
    launched_at: time,
    deleted_at: time,
    status: z.enum(['deleted', 'soft deleted', 'replaced', 'restored']),
    effective: z.boolean().meta({ description: 'False if a later delete replaced it, or a restore undid it.' }),
  })
  .meta({ id: 'Delete' })

/** Converts a row for an answer. */
export function toInstanceDelete(row: DeleteOfInstance): z.infer<typeof instanceDelete> {
  return {
    id: row.id,
    launched_at: toTime(row.launchedAt),
    deleted_at: toTime(row.deletedAt),
    status: instanceDelete.shape.status.parse(row.status),
    effective: row.effective,
  }
}

/** An exists of an instance with the result of its verification. */
export const existsItem = z
  .object({
    id: rowNumber,
    when: time,
    notification: rowNumber.meta({ description: 'Id of its notification of nova.' }),
    message_id: z.string().nullable(),
    launched_at: time,
    deleted_at: time.nullable(),
    audit_period_beginning: time.nullable(),
    audit_period_ending: time.nullable(),
    instance_type_id: z.string().nullable(),
    instance_flavor_id: z.string().nullable(),
    flavor_name: z.string().nullable(),
    tenant: z.string().nullable(),
    status: z.enum(existsStatuses),
    fail_reason: z.string().nullable(),
    published: z.boolean().meta({ description: 'Whether the broker confirmed its message for billing.' }),
  })
  .meta({ id: 'Exists' })

/** Converts a row for an answer. */
export function toExists(row: ExistsOfInstance): z.infer<typeof existsItem> {
  return {
    id: row.id,
    when: toTime(row.when),
    notification: row.notificationId,
    message_id: row.messageId,
    launched_at: toTime(row.launchedAt),
    deleted_at: toTimeOrNull(row.deletedAt),
    audit_period_beginning: toTimeOrNull(row.auditPeriodBeginning),
    audit_period_ending: toTimeOrNull(row.auditPeriodEnding),
    instance_type_id: row.instanceTypeId,
    instance_flavor_id: row.instanceFlavorId,
    flavor_name: row.flavorName,
    tenant: row.tenant,
    status: existsItem.shape.status.parse(row.status),
    fail_reason: row.failReason,
    published: row.sendStatus === 201,
  }
}

/** Cursors of the lists, newest first. */
export const launchCursor = defineCursor('launches', z.tuple([microseconds.nullable(), rowId]))
export const deleteCursor = defineCursor('deletes', z.tuple([microseconds, rowId]))
export const existsCursor = defineCursor('exists', z.tuple([microseconds, rowId]))

/** The place of a parsed cursor. */
export function toPlace<When extends number | null>(place: [When, number] | undefined) {
  if (place === undefined) return undefined
  const [when, id] = place
  return { when, id }
}
