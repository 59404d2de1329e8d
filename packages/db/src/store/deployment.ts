import type { Queryable } from '../sql/transaction.ts'

/** The id of a deployment; creates its row if it is missing. */
export async function deploymentId(client: Queryable, name: string): Promise<number> {
  const { rows } = await client.query<{ id: number }>('select id from deployment where name = $1', [name])
  if (rows[0]) return rows[0].id
  await client.query('insert into deployment (name) values ($1) on conflict do nothing', [name])
  return deploymentId(client, name)
}
