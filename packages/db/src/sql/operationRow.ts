import type { Attempt, Operation, Outcome } from '@stacktach/domain'

/** A row of operation. */
export interface OperationRow {
  id: number
  notification_id: number
  instance: string
  name: string
  request_id: string
  when: number
  identity: string
  end_when: number | null
  outcome: Outcome
  attempts: Attempt[]
  deployment_id: number
  tenant: string | null
  user_id: string | null
  host: string | null
  flavor: string | null
  image: string | null
}

/** The operation of a row. */
export function operationOfRow(row: OperationRow): Operation {
  return {
    instance: row.instance,
    name: row.name,
    requestId: row.request_id,
    notificationId: row.notification_id,
    when: row.when,
    identity: row.identity,
    end: row.end_when,
    outcome: row.outcome,
    attempts: row.attempts,
    deploymentId: row.deployment_id,
    tenant: row.tenant,
    userId: row.user_id,
    host: row.host,
    flavor: row.flavor,
    image: row.image,
  }
}
