import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { formatInstant } from '@stacktach/domain'
import { type CapturedMessage, captured, publish } from '@stacktach/testing'
import { z } from 'zod'
import { read } from './deploy.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'

const notification = z.looseObject({ message_id: z.string() })
const envelope = z.object({ 'oslo.message': z.string() })

/** A block of docs/from-notification-to-row.md: a notification to publish, a command to run, or rows to compare. */
type Step =
  | { kind: 'notification'; excerpt: z.infer<typeof notification> }
  | { kind: 'command'; args: string[] }
  | { kind: 'table'; name: string; columns: string[]; rows: string[][] }

const cells = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())

function tableStep(name: string, lines: readonly string[]): Step {
  const [columns = [], , ...rows] = lines.map(cells)
  if (columns.join() !== 'column,value') return { kind: 'table', name, columns, rows }
  return {
    kind: 'table',
    name,
    columns: rows.map(([column = '']) => column),
    rows: [rows.map(([, value = '']) => value)],
  }
}

function stepsOf(text: string): Step[] {
  const blocks = text.matchAll(
    /^```json\n([\s\S]*?)^```$|^```sh\nnpm run stacktach -- (.*)\n```$|^\*\*([\w.]+)\*\*.*\n\n((?:\|.*\n)+)/gm,
  )
  return [...blocks].map(([, json, command, name = '', table = '']): Step => {
    if (json !== undefined) return { kind: 'notification', excerpt: notification.parse(JSON.parse(json)) }
    if (command !== undefined) return { kind: 'command', args: command.split(' ') }
    return tableStep(name, table.trimEnd().split('\n'))
  })
}

const inner = ({ body }: CapturedMessage) =>
  notification.parse(JSON.parse(envelope.parse(JSON.parse(body.toString()))['oslo.message']))

/** The rows that each table of the document shows. */
const queries: Record<string, string> = {
  notification_nova: 'select * from notification_nova order by id desc limit 1',
  'notification_nova.facts': 'select facts from notification_nova order by id desc limit 1',
  lifecycle: 'select * from lifecycle',
  timing: 'select * from timing order by "when"',
  operation: 'select * from operation order by "when"',
  instance_launch: 'select * from instance_launch order by first_when',
  request_tracker: 'select * from request_tracker order by start_when',
  instance_exists: `select e.*, l.request_id as launch from instance_exists e
                      left join instance_launch l on l.id = e.launch_id order by e."when"`,
}

const isTime = (column: string) => /^when$|_when$|_at$|^audit_period_/.test(column)

function cellOf(column: string, value: unknown): string {
  if (value === null || value === undefined) return ''
  return isTime(column) ? formatInstant(Number(value)).slice('2026-11-23 '.length) : String(value)
}

/** The actual value, shortened where the document shortens it. */
const shortenedLike = (documented: string, actual: string) =>
  documented.endsWith('…') && actual.startsWith(documented.slice(0, -1)) ? documented : actual

const steps = stepsOf(read('docs/from-notification-to-row.md'))
let pipeline: Pipeline

beforeAll(async () => {
  pipeline = await startPipeline(['region-1'])
  await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
})

afterAll(() => pipeline?.stop())

test('docs/from-notification-to-row.md shows recorded notifications and their rows', async () => {
  const messages = captured('nova_both').filter(({ exchange }) => exchange === 'nova')
  const stored = new Set<string>()
  let compared = 0
  for (const step of steps) {
    if (step.kind === 'notification') {
      const message = messages.find((message) => inner(message).message_id === step.excerpt.message_id)
      if (message === undefined) throw new Error(`${step.excerpt.message_id} is not a message of nova_both`)
      expect(inner(message)).toMatchObject(step.excerpt)
      await publish(pipeline.vhost, [message])
      stored.add(step.excerpt.message_id)
      await pipeline.settled(stored.size)
    } else if (step.kind === 'command') {
      expect((await pipeline.run(...step.args)).code).toBe(0)
    } else {
      const { name, columns, rows } = step
      const { rows: actual } = await pipeline.database.pool.query<Record<string, unknown>>(queries[name] ?? '')
      const values = name.endsWith('.facts') ? actual.map(({ facts }) => Object(facts)) : actual
      expect({
        name,
        rows: values.map((row, index) =>
          columns.map((column, position) => shortenedLike(rows[index]?.[position] ?? '', cellOf(column, row[column]))),
        ),
      }).toEqual({ name, rows })
      compared++
    }
  }
  expect(stored.size).toBeGreaterThan(10)
  expect(compared).toBeGreaterThan(15)
})
