import { expect, jest } from '@jest/globals'
import { openDatabase } from '@stacktach/db'
import type { Api } from './startApi.ts'
import type { TestDatabase } from './testDatabase.ts'

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  Plans?: Plan[]
}

/** Tables that do not grow with the number of notifications; the backlog is empty while jobs keep up. */
const smallTables = [
  'deployment',
  'event',
  'host',
  'backlog',
  'timing_histogram',
  'horizon',
  'notification_partition',
  '_prisma_migrations',
  'tenant_info',
  'tenant_type',
]

export interface Explain {
  /**
   * Expects that the statements of a request scan no growing table sequentially.
   *
   * @param path of the request
   * @param partitions of notification tables that are scanned at most
   * @param rows that any node of the plans reads at most
   */
  expectCost(path: string, partitions: number, rows: number): Promise<void>
  stop(): Promise<void>
}

/** Explains the statements of requests to an api on its database. */
export function startExplain(database: TestDatabase, api: Api): Explain {
  const explaining = openDatabase({ url: database.url, applicationName: 'explain', size: 1 })

  /** PostgreSQL's plan of each statement that the request executes. */
  async function plansOf(path: string): Promise<Plan[]> {
    const query = jest.spyOn(database.db.pool, 'query')
    const client = await database.db.pool.connect()
    const ofClient = jest.spyOn(Object.getPrototypeOf(client), 'query')
    client.release()
    const reply = await api.request(path)
    // Statements in a transaction do not go through the pool: of these, cursors read data.
    const cursors = ofClient.mock.calls.filter(([statement]) => /^declare/.test(String(statement)))
    const statements = [...query.mock.calls, ...cursors].map(([statement, values]: unknown[]) =>
      typeof statement === 'string' ? { text: statement, values } : (statement as { text: string; values: unknown }),
    )
    query.mockRestore()
    ofClient.mockRestore()
    expect([200, 303, 404]).toContain(reply.status)
    expect(statements.length).toBeGreaterThan(0)
    const plans: Plan[] = []
    for (const { text, values } of statements) {
      const { rows } = await explaining.pool.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
        `explain (analyze, format json) ${text}`,
        (values as unknown[] | undefined) ?? [],
      )
      for (const row of rows) plans.push(row['QUERY PLAN'][0].Plan)
    }
    return plans
  }

  return {
    async expectCost(path, partitions, rows) {
      const nodes = (await plansOf(path)).flatMap(flatten)
      const scans = nodes.filter((node) => node['Relation Name'] !== undefined && node['Actual Loops'] > 0)
      const growing = scans.filter(
        ({ 'Relation Name': name = '' }) => !smallTables.includes(name) && !name.startsWith('pg_'),
      )
      expect(growing.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([])
      const partitionsScanned = new Set(
        growing.map((node) => node['Relation Name']).filter((name) => /^notification_\w+_\d$/.test(name ?? '')),
      )
      expect(partitionsScanned.size).toBeLessThanOrEqual(partitions)
      for (const node of growing) {
        const rowsPerLoop = node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)
        expect(rowsPerLoop * node['Actual Loops']).toBeLessThanOrEqual(Math.max(rows, 1))
      }
    },
    stop: () => explaining.close(),
  }
}

function flatten(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(flatten)]
}
