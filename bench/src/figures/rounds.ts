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

/** Called when the given number of notifications is stored and folded. */
export type OnCheckpoint = (stack: Stack, notifications: number) => Promise<void>

/** Rows per second of one round. */
interface Rates {
  limit: number
  plain: number
  ingest: number
  aggregated: number
}

type RoundUsage = Usage & { messages: number }

interface Round {
  rates: Rates
  usage: { ingest: RoundUsage; jobs: RoundUsage | null }
}

/** The stacks of the rounds: ingest alone, ingest and jobs, and COPY. */
interface Stacks {
  ingestOnly: Stack
  complete: Stack
  copies: Stack
}

/**
 * Measures COPY as the limit, ingest, and ingest with jobs, in rounds on growing tables. A round publishes the same
 * messages to two queues, one for ingest alone and one for ingest and jobs. Then it copies the rows of the first
 * database into the same tables of a third database, and into a plain table.
 */
export async function measureRounds(context: Context, onCheckpoint: OnCheckpoint): Promise<void> {
  const { options, log } = context
  const [small = 0, middle = 0, large] = checkpoints(options.notifications)
  const folder = await mkdtemp(join(tmpdir(), 'stacktach-bench-'))
  try {
    await withStack(async (complete) => {
      await withStack((ingestOnly) =>
        withStack(async (copies) => {
          const rounds = await runRounds(context, { ingestOnly, complete, copies }, folder, () =>
            onCheckpoint(complete, small),
          )
          reportRates(
            context,
            rounds.map(({ rates }) => rates),
          )
          reportUsage(
            context,
            'ingest',
            rounds.map(({ usage }) => usage.ingest),
          )
          reportUsage(
            context,
            'jobs',
            rounds.flatMap(({ usage }) => usage.jobs ?? []),
          )
        }),
      )
      await onCheckpoint(complete, middle)
      if (large === undefined) return
      await copyDays(complete, Math.round(large / middle) - 1, (day) =>
        log(`${day + 1} days of ${middle} notifications`),
      )
      await onCheckpoint(complete, large)
    })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Runs the warm-up round, then the measured rounds. @param onSmall called after the warm-up round */
async function runRounds(
  { options, now, log }: Context,
  stacks: Stacks,
  folder: string,
  onSmall: () => Promise<void>,
): Promise<Round[]> {
  const [small = 0, middle = 0] = checkpoints(options.notifications)
  const roundSize = Math.round((middle - small) / options.rounds)
  const cloud = new Cloud('rounds', options.notifications, firstDay(options.notifications, now))
  const lastIds = new Map<string, number>()
  await createPlainTable(stacks.copies)
  const rounds: Round[] = []
  for (let number = 0; number <= options.rounds; number++) {
    const messages = await fill([stacks.ingestOnly, stacks.complete], cloud.take(number === 0 ? small : roundSize))
    const round = await measureRound(stacks, messages, options.warmUp, lastIds, join(folder, String(number)))
    log(`round ${number}: ${messages} notifications, rows/s ${JSON.stringify(rounded(round.rates))}`)
    if (number === 0) await onSmall()
    else rounds.push(round)
  }
  return rounds
}

async function measureRound(
  { ingestOnly, complete, copies }: Stacks,
  messages: number,
  warmUp: number,
  lastIds: Map<string, number>,
  filePrefix: string,
): Promise<Round> {
  const ingest = await drain(ingestOnly, { messages, warmUp })
  const everything = await drain(complete, { messages, warmUp, jobs: 1 })
  const files = await copyOut(ingestOnly, lastIds, filePrefix)
  await preparePartitions(copies, files)
  const limit = await copyIn(copies, files, null)
  const plain = await copyIn(copies, files, 'plain')
  for (const { file } of files) await rm(file)
  const { usage } = everything
  return {
    rates: { limit, plain, ingest: ingest.ingested, aggregated: everything.aggregated },
    usage: {
      ingest: { messages, ...usage.ingest },
      jobs: usage.jobs === null ? null : { messages, ...usage.jobs },
    },
  }
}

function reportRates({ add }: Context, rates: readonly Rates[]): void {
  const valuesOf = (key: keyof Rates) => rates.map((each) => each[key])
  const section = 'Rates, notifications 2.7 KB'
  const against = { to: 'the limit', values: valuesOf('limit') }
  const unit = 'rows/s'
  add(
    figure({
      section,
      name: 'limit: COPY, our tables',
      unit,
      values: valuesOf('limit'),
      meaning: 'COPY of the same rows into the same partitioned tables with the same indexes, on one connection.',
    }),
    figure({
      section,
      name: 'COPY, plain table',
      unit,
      values: valuesOf('plain'),
      against,
      meaning: 'COPY of the same rows into one unpartitioned table with seven indexes.',
    }),
    figure({
      section,
      name: 'ingest',
      unit,
      values: valuesOf('ingest'),
      against,
      goal: { atLeast: 0.8 },
      meaning: 'One ingest process on a full queue, from the first delivery to the last acknowledgement.',
    }),
    figure({
      section,
      name: 'everything aggregated',
      unit,
      values: valuesOf('aggregated'),
      against,
      goal: { atLeast: 0.5 },
      meaning: 'One ingest and one jobs process on a full queue, until the backlog is empty.',
    }),
    figure({
      section,
      name: 'last round to first, aggregated',
      unit: '×',
      values: [(rates.at(-1)?.aggregated ?? 0) / (rates[0]?.aggregated ?? 1)],
      meaning: 'The rate on full tables divided by the rate on nearly empty ones: 1 is flat.',
    }),
  )
}

function reportUsage({ add }: Context, name: string, usage: readonly RoundUsage[]): void {
  add(
    figure({
      section: 'Processor',
      name,
      unit: 'µs each',
      values: usage.map(({ cpuSeconds, messages }) => (cpuSeconds / messages) * 1_000_000),
      meaning: "Processor time per notification in StackTach's process, without the database and the broker.",
    }),
    figure({
      section: 'Memory',
      name: `${name}, initial`,
      unit: 'MB',
      values: usage.map(({ initialMb }) => initialMb),
      meaning: 'Resident memory of a process that is ready and has no work yet.',
    }),
    figure({
      section: 'Memory',
      name: `${name}, peak`,
      unit: 'MB',
      values: usage.map(({ peakMb }) => peakMb),
      meaning: 'Peak resident memory up to the end of the work.',
    }),
  )
}

function rounded<T extends object>(values: T): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Math.round(value)]))
}
