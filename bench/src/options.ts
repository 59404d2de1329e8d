import { Command, InvalidArgumentError } from 'commander'

/** What is measured, and how much. */
export interface BenchOptions {
  notifications: number
  /** Measured rounds of each figure, after one round of warm-up. */
  rounds: number
  /** Notifications per round of the smaller measurements: late, import, processes, growth. */
  sideNotifications: number
  /** Rounds of the smaller measurements. */
  sideRounds: number
  /** Numbers of concurrent processes. */
  processes: readonly number[]
  /** Whether figures are compared with their goals; short runs mostly measure the start of the processes. */
  checkGoals: boolean
  /** Notifications that are stored before the measurement starts, so that new processes have warmed up. */
  warmUp: number
  /** Requests to each endpoint by one client. */
  requests: number
  json: boolean
  /** Only the figures with these names; empty: all. */
  only: readonly string[]
}

const MILLION = 1_000_000

/** The number of notifications of `--quick`. */
const QUICK_NOTIFICATIONS = 6_000

interface CommandOptions {
  notifications?: number
  quick?: true
  json?: true
  only?: string[]
}

/**
 * Parses the command line; exits if it is invalid.
 *
 * @param argv without node and script
 */
export function parseOptions(argv: readonly string[]): BenchOptions {
  const command = new Command('bench')
    .description("Measure StackTach's performance on this machine, relative to the limit of the database.")
    .option(
      '--notifications <n>',
      'number of notifications (default: 1000000); above a million, further days are copies of the first',
      wholeNumber,
    )
    .option('--quick', 'a rough measurement in less than a minute, with few notifications')
    .option('--json', 'print one JSON object')
    .option('--only <figure...>', 'only these: rounds, late, import, growth, processes, answers, reports, usage, live')
    .parse(argv, { from: 'user' })
  const options = command.opts<CommandOptions>()
  return optionsFor(options.notifications ?? (options.quick ? QUICK_NOTIFICATIONS : MILLION), options)
}

/** Derives all sizes from the number of notifications. */
export function optionsFor(
  notifications: number,
  { quick, json, only }: Omit<CommandOptions, 'notifications'>,
): BenchOptions {
  const sideNotifications = Math.round(Math.min(notifications / 20, 50_000))
  return {
    notifications,
    rounds: quick ? 3 : 5,
    sideNotifications: quick ? Math.round(notifications / 8) : Math.max(sideNotifications, 500),
    sideRounds: sideNotifications < 5_000 ? 1 : 3,
    processes: quick ? [1, 2] : [1, 2, 4],
    checkGoals: !quick,
    warmUp: quick ? 100 : Math.round(Math.min(2_000, notifications / 100)),
    requests: quick ? 5 : 200,
    json: json ?? false,
    only: only ?? [],
  }
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1_000) {
    throw new InvalidArgumentError('It must be a whole number of at least 1000.')
  }
  return value
}

/** The numbers of notifications at which answers are measured: at most 0.1, 1 and 10 million. */
export function checkpoints(notifications: number): number[] {
  const small = Math.round(Math.min(notifications, MILLION) / 10)
  const middle = Math.min(notifications, MILLION)
  return notifications > middle ? [small, middle, notifications] : [small, middle]
}
