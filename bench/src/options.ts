import { Command, InvalidArgumentError } from 'commander'

/** What is measured, and how long that may take. */
export interface BenchOptions {
  notifications: number
  /** Measured rounds of each figure; one more before them is for warming up. */
  rounds: number
  /** Notifications in a round of what is measured beside the main rounds: late, import, processes, growth of work. */
  side: number
  /** Rounds of those. */
  sideRounds: number
  /** Numbers of processes that work at once. */
  processes: readonly number[]
  /** Whether figures are held against their goals: not when a process does little but start. */
  judged: boolean
  /** Notifications that are stored before the clock starts, so that each new process has warmed up. */
  lead: number
  /** Requests to each endpoint, by one client. */
  requests: number
  json: boolean
  /** Only figures whose name begins so; empty: all. */
  only: readonly string[]
}

const MILLION = 1_000_000

interface Given {
  notifications?: number
  quick?: true
  json?: true
  only?: string[]
}

/**
 * Reads the command line; ends the process when it cannot be understood.
 *
 * @param argv what follows the program's name
 */
export function parseOptions(argv: readonly string[]): BenchOptions {
  const command = new Command('bench')
    .description('How fast StackTach is, as a share of what the database allows on this machine.')
    .option(
      '--notifications <n>',
      'how many in all (default: 1000000); beyond a million in days that are copies of the first',
      wholeNumber,
    )
    .option('--quick', 'a look in under a minute, with few notifications: rough')
    .option('--json', 'one JSON object, for machines')
    .option('--only <figure...>', 'only these: rounds, late, import, growth, processes, answers, reports')
    .parse(argv, { from: 'user' })
  const given = command.opts<Given>()
  return optionsFor(given.notifications ?? (given.quick ? QUICK : MILLION), given)
}

/** Notifications of `--quick`. */
const QUICK = 6_000

/** Sizes that go with a number of notifications. */
export function optionsFor(notifications: number, { quick, json, only }: Omit<Given, 'notifications'>): BenchOptions {
  const side = Math.round(Math.min(notifications / 20, 50_000))
  return {
    notifications,
    rounds: quick ? 3 : 5,
    side: quick ? Math.round(notifications / 8) : Math.max(side, 500),
    sideRounds: side < 5_000 ? 1 : 3,
    processes: quick ? [1, 2] : [1, 2, 4],
    judged: !quick,
    lead: quick ? 100 : Math.round(Math.min(2_000, notifications / 100)),
    requests: quick ? 10 : 200,
    json: json ?? false,
    only: only ?? [],
  }
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1_000) throw new InvalidArgumentError('It must be a whole number from 1000.')
  return value
}

/** How many notifications there are at each of the sizes that answers are measured at: 0.1, 1 and 10 million, or less. */
export function checkpoints(notifications: number): number[] {
  const small = Math.round(Math.min(notifications, MILLION) / 10)
  const middle = Math.min(notifications, MILLION)
  return notifications > middle ? [small, middle, notifications] : [small, middle]
}
