import type { Queryable } from '../sql/transaction.ts'

/** What the role of a connection could write if its transactions were not read-only. */
export interface WritePrivileges {
  role: string
  superuser: boolean
  /** Tables that it may change, or whose owner it may become. Partitions count with their table. */
  tables: string[]
}

/** Asks PostgreSQL's catalog; the privileges come from the role itself, from its groups, and from PUBLIC. */
export async function writePrivileges(client: Queryable): Promise<WritePrivileges> {
  const { rows } = await client.query<WritePrivileges>(
    `select current_user::text as role,
            coalesce((select rolsuper from pg_roles where rolname = current_user), false) as superuser,
            array(select c.relname::text
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                   where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
                     and c.relkind in ('r', 'p') and not c.relispartition
                     and (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')
                          or has_any_column_privilege(c.oid, 'INSERT, UPDATE')
                          or pg_has_role(c.relowner, 'MEMBER'))
                   order by 1) as tables`,
  )
  const [found] = rows
  if (found === undefined) throw new Error('the catalog did not answer')
  return found
}
