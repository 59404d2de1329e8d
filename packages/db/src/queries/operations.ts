import type { Instant, Operation } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type OperationRow, operationOfRow } from '../sql/operationRow.ts'
import { Parameters } from './parameters.ts'

/** A stored operation, with its row id and the name of its deployment. */
export interface StoredOperation extends Operation {
  id: number
  deployment: string | null
}

/** Position of a row in a list by time. */
export interface TimeCursor {
  when: Instant
  id: number
}

/** Selected columns of operation `o`, joined to deployment `d`. */
export const operationColumns = 'o.*, d.name as deployment'

export type SelectedOperation = OperationRow & { deployment: string | null }

export function storedOperationOf(row: SelectedOperation): StoredOperation {
  return { ...operationOfRow(row), id: row.id, deployment: row.deployment }
}

export interface OperationsOfInstance {
  instance: string
  /** Only operations that began before this one. */
  before?: TimeCursor | undefined
  /** Only operations of these tenants; null for all. */
  tenants?: readonly string[] | null
  limit: number
}

/** The operations of an instance, newest first. */
export async function operationsOfInstance(
  { pool }: Database,
  { instance, before, tenants = null, limit }: OperationsOfInstance,
): Promise<StoredOperation[]> {
  const parameters = new Parameters()
  const conditions = [`o.instance = ${parameters.bind(instance)}`]
  if (before !== undefined) {
    conditions.push(
      `(o."when", o.id) < (${parameters.bind(before.when)}::bigint, ${parameters.bind(before.id)}::bigint)`,
    )
  }
  if (tenants !== null) conditions.push(`o.tenant = any(${parameters.bind(tenants)}::text[])`)
  const { rows } = await pool.query<SelectedOperation>(
    `select ${operationColumns} from operation o left join deployment d on d.id = o.deployment_id
      where ${conditions.join(' and ')} order by o."when" desc, o.id desc limit ${parameters.bind(limit)}`,
    parameters.values,
  )
  return rows.map(storedOperationOf)
}

/** The operations of a request on all its instances, oldest first. */
export async function operationsOfRequest(
  { pool }: Database,
  { requestId, tenants = null, limit }: { requestId: string; tenants?: readonly string[] | null; limit: number },
): Promise<StoredOperation[]> {
  const { rows } = await pool.query<SelectedOperation>(
    `select ${operationColumns} from operation o left join deployment d on d.id = o.deployment_id
      where o.request_id = $1 and ($2::text[] is null or o.tenant = any($2))
      order by o."when", o.id limit $3`,
    [requestId, tenants, limit],
  )
  return rows.map(storedOperationOf)
}
