import { jest } from '@jest/globals'
import type { Database } from '../connection/open.ts'

/** A node of a plan, as PostgreSQL explains it. */
export interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: PlanNode[]
}

/** All nodes of the plans of the statements that a query executes. */
export async function planNodes(db: Database, query: () => Promise<unknown>): Promise<PlanNode[]> {
  const spy = jest.spyOn(db.pool, 'query')
  const calls: unknown[][] = []
  try {
    await query()
    calls.push(...spy.mock.calls)
  } finally {
    spy.mockRestore()
  }
  const nodes: PlanNode[] = []
  for (const [text, values] of calls) {
    const { rows } = await db.pool.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (analyze, format json) ${String(text)}`,
      Array.isArray(values) ? values : [],
    )
    for (const row of rows) nodes.push(...flatten(row['QUERY PLAN'][0].Plan))
  }
  return nodes
}

function flatten(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)]
}
