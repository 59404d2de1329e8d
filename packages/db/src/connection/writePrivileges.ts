import type { Queryable } from '../sql/transaction.ts'

/** The privileges of a connection's role, regardless of read-only transactions. */
export interface WritePrivileges {
  role: string
  superuser: boolean
  /** Tables that the role may change, or whose owner it may become. Without partitions. */
  tables: string[]
}

/** Reads the privileges from PostgreSQL's catalog; includes those of the role's groups and of PUBLIC. */
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
  const [privileges] = rows
  if (privileges === undefined) throw new Error('PostgreSQL returned no privileges')
  return privileges
}
