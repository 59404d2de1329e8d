import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../context.ts'
import { copyIn, copyOut, createPlainTable, preparePartitions } from '../copy.ts'
import { copyDays } from '../copyDays.ts'
import { Cloud, firstDay } from '../data/cloud.ts'
import { drain } from '../drain.ts'
import { figure } from '../figure.ts'
import { fill } from '../fill.ts'
import { checkpoints } from '../options.ts'
import { type Stack, type Usage, withStack } from '../stack.ts'

/** What happens when so many notifications are stored and folded. */
export type AtCheckpoint = (stack: Stack, notifications: number) => Promise<void>

interface Round {
  /** Rows a second. */
  limit: number
  plain: number
  ingest: number
  aggregated: number
}

type Used = Usage & { messages: number }

/**
 * Limit, ingest and everything aggregated, round by round on tables that grow to the number of notifications: the same
 * messages into two queues, worked off by ingest alone and by ingest and jobs; then the rows of the first, copied into the
 * same tables of a third database and into a plain one.
 */
export async function measureRounds(context: Context, atCheckpoint: AtCheckpoint): Promise<void> {
  const { options, note } = context
  const [small = 0, middle = 0, large] = checkpoints(options.notifications)
  const cloud = new Cloud('rounds', options.notifications, firstDay(options.notifications, context.now))
  const size = Math.round((middle - small) / options.rounds)
  const folder = await mkdtemp(join(tmpdir(), 'stacktach-bench-'))
  try {
    await withStack(async (together) => {
      await withStack((alone) =>
        withStack(async (copies) => {
          await createPlainTable(copies)
          const since = new Map<string, number>()
          const rounds: Round[] = []
          const used: { ingest: Used[]; jobs: Used[] } = { ingest: [], jobs: [] }
          for (let round = 0; round <= options.rounds; round++) {
            const messages = await fill([alone, together], cloud.take(round === 0 ? small : size))
            const ingest = await drain(alone, { messages, lead: options.lead })
            const everything = await drain(together, { messages, lead: options.lead, jobs: 1 })
            const copied = await copyOut(alone, since, join(folder, String(round)))
            await preparePartitions(copies, copied)
            const limit = await copyIn(copies, copied, null)
            const plain = await copyIn(copies, copied, 'plain')
            for (const { file } of copied) await rm(file)
            const measured = { limit, plain, ingest: ingest.ingested, aggregated: everything.aggregated }
            note(`round ${round}: ${messages} notifications, rows a second ${JSON.stringify(rounded(measured))}`)
            if (round === 0) await atCheckpoint(together, small)
            else {
              rounds.push(measured)
              used.ingest.push({ messages, ...everything.used.ingest })
              if (everything.used.jobs !== null) used.jobs.push({ messages, ...everything.used.jobs })
            }
          }
          report(context, rounds)
          reportUsage(context, 'ingest', used.ingest)
          reportUsage(context, 'jobs', used.jobs)
        }),
      )
      await atCheckpoint(together, middle)
      if (large !== undefined) {
        // Every day is like the first.
        await copyDays(together, Math.round(large / middle) - 1, (day) =>
          note(`${day + 1} days of ${middle} notifications`),
        )
        await atCheckpoint(together, large)
      }
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

function report({ add }: Context, rounds: readonly Round[]): void {
  const of = (what: keyof Round) => rounds.map((round) => round[what])
  const section = 'Rates, notifications 2.7 KB'
  const against = { to: 'the limit', values: of('limit') }
  const unit = 'rows/s'
  add(
    figure({
      section,
      name: 'limit: COPY, our tables',
      unit,
      values: of('limit'),
      meaning: 'COPY of the same rows into the same partitioned tables with the same indexes, on one connection.',
    }),
    figure({
      section,
      name: 'COPY, plain table',
      unit,
      values: of('plain'),
      against,
      meaning: 'COPY of the same rows into one table that is not partitioned and has seven indexes.',
    }),
    figure({
      section,
      name: 'ingest',
      unit,
      values: of('ingest'),
      against,
      goal: { atLeast: 0.8 },
      meaning: 'One ingest process on a full queue, from the first delivery to the last acknowledgement.',
    }),
    figure({
      section,
      name: 'everything aggregated',
      unit,
      values: of('aggregated'),
      against,
      goal: { atLeast: 0.5 },
      meaning: 'One ingest and one jobs process together on a full queue, until nothing is left to fold.',
    }),
    figure({
      section,
      name: 'last round to first, aggregated',
      unit: '×',
      values: [(rounds.at(-1)?.aggregated ?? 0) / (rounds[0]?.aggregated ?? 1)],
      meaning: 'The rate on the full tables as a share of the rate on nearly empty ones: 1 is flat.',
    }),
  )
}

function reportUsage({ add }: Context, name: string, used: readonly Used[]): void {
  add(
    figure({
      section: 'Processor',
      name,
      unit: 'µs each',
      values: used.map(({ cpu, messages }) => (cpu / messages) * 1_000_000),
      meaning: 'What a notification takes of a processor in our own process, the database and the broker not counted.',
    }),
    figure({
      section: 'Memory',
      name: `${name}, at rest`,
      unit: 'MB',
      values: used.map(({ atRest }) => atRest),
      meaning: 'Resident memory of a process that has just started.',
    }),
    figure({
      section: 'Memory',
      name: `${name}, at full speed`,
      unit: 'MB',
      values: used.map(({ atMost }) => atMost),
      meaning: 'The most resident memory it had until the work was done.',
    }),
  )
}

function rounded<T extends object>(values: T): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Math.round(value)]))
}
