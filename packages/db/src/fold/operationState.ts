import type { Operation } from '@stacktach/domain'
import { type OperationRow, operationOfRow } from '../sql/operationRow.ts'
import type { Queryable } from '../sql/transaction.ts'

/** The operations that a fold may change. */
export interface NeededOperations {
  /** Instances and requests: the last operation of each name, unless it is done. */
  requests: readonly { instance: string; requestId: string }[]
  /** Instances: all their open operations. */
  open: readonly string[]
}

/** Reads the operations that notifications of these requests, or the deletes of these instances, can change. */
export async function readOperations(client: Queryable, { requests, open }: NeededOperations): Promise<Operation[]> {
  if (requests.length === 0 && open.length === 0) return []
  const { rows } = await client.query<OperationRow>(
    `select last.*
       from (select distinct * from unnest($1::text[], $2::text[])) as input(instance, request_id)
       cross join lateral (
         select distinct on (o.name) o.* from operation o
          where o.request_id = input.request_id and o.instance = input.instance
          order by o.name, o."when" desc, o.identity collate "C" desc) as last
      where last.outcome <> 'done'
      union
     select o.* from operation o where o.instance = any($3) and o.outcome = 'open'`,
    [requests.map(({ instance }) => instance), requests.map(({ requestId }) => requestId), open],
  )
  return rows.map(operationOfRow)
}
