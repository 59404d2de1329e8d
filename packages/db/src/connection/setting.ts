import type { Queryable } from '../sql/transaction.ts'

/** The value of a shared setting in the database. The first process to start stores its `value`. */
export async function sharedSetting(client: Queryable, name: 'shards' | 'rules', value: string): Promise<string> {
  await client.query('insert into setting (name, value) values ($1, $2) on conflict do nothing', [name, value])
  const { rows } = await client.query<{ value: string }>('select value from setting where name = $1', [name])
  return rows[0]?.value ?? value
}
