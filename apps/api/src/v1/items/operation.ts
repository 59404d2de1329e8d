import type { StoredOperation } from '@stacktach/db'
import { type Attempt, durationOfOperation, outcomes } from '@stacktach/domain'
import { z } from 'zod'
import { defineCursor, microseconds, rowId } from '../cursor.ts'
import { rowNumber, seconds, time, toSecondsOrNull, toTime, toTimeOrNull } from '../values.ts'

const outcome = z.enum(outcomes).meta({
  id: 'Outcome',
  description: 'open: it has not ended. abandoned: its instance was deleted before it ended.',
})

const attempt = z
  .object({
    started_at: time.nullable().meta({ description: 'Null if only its end is stored.' }),
    ended_at: time.nullable(),
    outcome,
    host: z.string().nullable(),
    error: z.string().nullable().meta({ description: 'One line, without ids and addresses; null unless it failed.' }),
  })
  .meta({ id: 'Attempt' })

/** What a user or nova did to an instance. */
export const operation = z
  .object({
    id: rowNumber,
    name: z.string().meta({ examples: ['compute.instance.create'] }),
    instance: z.string(),
    request_id: z.string(),
    when: time.meta({ description: 'Of its first notification.' }),
    ended_at: time.nullable(),
    duration: seconds
      .nullable()
      .meta({ description: 'Seconds; null while it is open, and if only its end is stored.' }),
    outcome,
    attempts: z.array(attempt).min(1).meta({ description: 'Oldest first.' }),
    deployment: z.string().nullable(),
    tenant: z.string().nullable(),
    user_id: z.string().nullable(),
    host: z.string().nullable().meta({ description: 'Of the last attempt.' }),
    flavor: z.string().nullable(),
    image: z.string().nullable(),
    notification: rowNumber.meta({ description: 'Id of its first notification of nova.' }),
  })
  .meta({ id: 'Operation' })

function toAttempt({ start, end, outcome, host, error }: Attempt): z.infer<typeof attempt> {
  return { started_at: toTimeOrNull(start), ended_at: toTimeOrNull(end), outcome, host, error }
}

/** Converts a row for an answer. */
export function toOperation(row: StoredOperation): z.infer<typeof operation> {
  const { id, name, instance, outcome, deployment, tenant, host, flavor, image } = row
  return {
    id,
    name,
    instance,
    request_id: row.requestId,
    when: toTime(row.when),
    ended_at: toTimeOrNull(row.end),
    duration: toSecondsOrNull(durationOfOperation(row)),
    outcome,
    attempts: row.attempts.map(toAttempt),
    deployment,
    tenant,
    user_id: row.userId,
    host,
    flavor,
    image,
    notification: row.notificationId,
  }
}

/** Cursors of lists of operations: of an instance newest first, open ones oldest first. */
export const operationCursor = defineCursor('operations', z.tuple([microseconds, rowId]))
export const openOperationCursor = defineCursor('operations/open', z.tuple([microseconds, rowId]))
