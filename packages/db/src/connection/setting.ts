import type { Queryable } from '../sql/transaction.ts'

/** What a database has for a setting: the value of the first process that named one. */
export async function sharedSetting(client: Queryable, name: 'shards' | 'rules', value: string): Promise<string> {
  await client.query('insert into setting (name, value) values ($1, $2) on conflict do nothing', [name, value])
  const { rows } = await client.query<{ value: string }>('select value from setting where name = $1', [name])
  return rows[0]?.value ?? value
}
