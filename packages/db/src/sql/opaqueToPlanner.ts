/**
 * Hides a condition from the planner, so that it filters rows in index order. For a condition that it considers rare the
 * planner would scan and sort the whole table, which returns nothing before its end; for an unknown condition it assumes
 * that half of the rows match, and walks the index.
 */
export function opaqueToPlanner(condition: string): string {
  return `case when ${condition} then true else false end`
}
