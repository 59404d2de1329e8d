/**
 * A condition to be tried on the rows as they come, in an index's order. Of a bare one that seems rare the planner would
 * make a scan and a sort of the whole table, which shows nothing before its end; of this it knows nothing, takes every
 * second row to meet it, and walks.
 */
export function opaqueToPlanner(condition: string): string {
  return `case when ${condition} then true else false end`
}
