/** PostgreSQL type of each column, in the order of the statement's parameters. */
export type ColumnTypes<Row> = { readonly [K in keyof Row]: string }

/**
 * Passes rows as one array parameter per column, for a set-based statement: `from unnest($1::text[], …)`.
 *
 * @param first number of the first parameter
 */
export function unnest<Row extends object>(
  types: ColumnTypes<Row>,
  rows: readonly Row[],
  first = 1,
): { sql: string; columns: string; values: unknown[][] } {
  const names = Object.keys(types) as (keyof Row & string)[]
  const arrays = names.map((name, index) => `$${first + index}::${types[name]}[]`)
  const columns = names.map((name) => `"${name}"`).join(', ')
  return {
    sql: `unnest(${arrays.join(', ')}) as input(${columns})`,
    columns,
    values: names.map((name) => rows.map((row) => row[name])),
  }
}
