/**
 * Hides a condition from the planner, so that it filters rows in index order. For a condition that it considers rare,
 * the planner would sort the whole table before it returns a row. For an opaque condition it assumes that half of the
 * rows match, and reads the index in order.
 */
export function opaqueToPlanner(condition: string): string {
  return `case when ${condition} then true else false end`
}
