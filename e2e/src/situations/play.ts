import { rm, writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { backloggedShards } from '@stacktach/db'
import { Producer } from '@stacktach/jobs'
import { everyAggregate } from '@stacktach/testing'
import { type Get, type Pipeline, startPipeline } from '../pipeline.ts'
import { allVerified } from '../verdicts.ts'
import type { Line } from './messages.ts'

/** A StackTach that has stored, folded and verified the messages of a test file. */
export interface Stage {
  pipeline: Pipeline
  /** Deletes everything, then imports the messages in parts and waits after each until everything is verified. */
  play(parts: readonly (readonly Line[])[]): Promise<void>
  /** A path of the API, for example `usage/deletes`: the rows without the header. */
  rows(path: string): Promise<unknown[][]>
  query(sql: string, values?: unknown[]): Promise<unknown[][]>
  /** The verdicts on the exists of an instance, in the order in which they were sent: null for verified. */
  verdicts(instance: string): Promise<(string | null)[]>
  /** The content of a report of the day for one deployment. */
  report(name: string, deployment: string, ...args: string[]): Promise<unknown>
  /** The rows of all aggregates, without ids. */
  aggregates(): Promise<Record<string, string[]>>
  stop(): Promise<void>
}

/** Starts a pipeline without brokers that verifies exists immediately. */
export async function startStage(environment: Record<string, string> = {}): Promise<Stage> {
  const pipeline = await startPipeline(['east'], { VERIFY_SETTLE_SECONDS: '0', ...environment })
  const [get] = await Promise.all([pipeline.api(), pipeline.start('jobs')])
  const { pool } = pipeline.database
  const { REDIS_URL = '', REDIS_PREFIX = '' } = pipeline.environment
  const producer = new Producer(REDIS_URL, REDIS_PREFIX, () => {})
  /** Starts the folds at once. After an import they start within five seconds, because it works without Redis. */
  const wakeUp = async () => {
    for (const { kind, shard } of await backloggedShards(pool)) {
      await producer.enqueue(kind === 'request' ? 'kpi' : 'usage', { shard })
    }
  }
  const query = async (sql: string, values: unknown[] = []) =>
    (await pool.query<Record<string, unknown>>(sql, values)).rows.map((row) => Object.values(row))
  return {
    pipeline,
    async play(parts) {
      await pipeline.clear(0)
      const stored = new Set<string>()
      for (const part of parts) {
        await importLines(pipeline, part)
        await wakeUp()
        for (const line of part) stored.add(JSON.stringify(line))
        await pipeline.settled(stored.size)
        await allVerified(pipeline.database)
      }
    },
    rows: (path) => rowsOf(get, path),
    query,
    async verdicts(instance) {
      const rows = await query(
        `select status, fail_reason from instance_exists where instance = $1 order by "when", dedup_key`,
        [instance],
      )
      return rows.map(([status, reason]) => (status === 'verified' ? null : String(reason)))
    },
    async report(name, deployment, ...args) {
      const { code, output } = await pipeline.run(
        ...['report', 'run', name, '--at', '2026-11-22', '--deployment', deployment, '--wait', '--json', ...args],
      )
      if (code !== 0) throw new Error(`${name} of ${deployment} failed: ${output}`)
      return JSON.parse(output).json
    },
    aggregates: () => everyAggregate(pipeline.database),
    async stop() {
      await producer.close()
      await pipeline.stop()
    },
  }
}

async function importLines(pipeline: Pipeline, lines: readonly Line[]): Promise<void> {
  const file = `${pipeline.deploymentsFile}.jsonl`
  await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'))
  const { code, output } = await pipeline.run('import', file)
  await rm(file)
  if (code !== 0) throw new Error(`the import failed: ${output}`)
}

async function rowsOf(get: Get, path: string): Promise<unknown[][]> {
  const { status, body } = await get(`/stacky/${path}`)
  if (status !== 200 || !Array.isArray(body)) throw new Error(`${path}: ${status} ${JSON.stringify(body)}`)
  return body.slice(1)
}

/** Orders in which messages arrive, each as parts that are verified one after another. */
const orders: [string, (lines: readonly Line[]) => Line[][]][] = [
  ['in order', (lines) => partsOf(lines, 4)],
  ['shuffled', (lines) => partsOf(shuffled(lines), 3)],
  ['twice', (lines) => [shuffled([...lines, ...lines].reverse()), [...lines]]],
]

/**
 * Plays the lines in each order. Checks after each that everything is stored, and that the aggregates are the same.
 *
 * @param stage called by the tests
 * @param defineTests defines further tests of the state after each order
 */
export function inEachOrder(lines: readonly Line[], stage: () => Stage, defineTests: () => void): void {
  let first: Record<string, string[]> | undefined
  describe.each(orders)('%s', (_, partsOf) => {
    beforeAll(() => stage().play(partsOf(lines)))

    test('everything is stored, and the aggregates do not depend on the order', async () => {
      expect(await stage().query('select reason from rejected_message')).toEqual([])
      const aggregates = await stage().aggregates()
      first ??= aggregates
      expect(aggregates).toEqual(first)
    })

    defineTests()
  })
}

function partsOf(lines: readonly Line[], count: number): Line[][] {
  const size = Math.ceil(lines.length / count)
  return Array.from({ length: count }, (_, part) => lines.slice(part * size, (part + 1) * size))
}

/** The lines in an order that looks random and is always the same. */
function shuffled(lines: readonly Line[]): Line[] {
  return lines
    .map((line, index) => ({ line, place: Math.sin(index + 1) * 1e4 }))
    .sort((a, b) => (a.place % 1) - (b.place % 1))
    .map(({ line }) => line)
}

const timeOf = ({ body }: Line): string => JSON.parse(body['oslo.message']).timestamp

/** The lines in the order in which they were sent. */
export function inOrder(lines: readonly Line[]): Line[] {
  return [...lines].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
}
