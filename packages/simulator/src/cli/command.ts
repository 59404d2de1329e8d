import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type CloudOptions, completeOptions, type Format, formats, simulatedSpan } from '../core/options.ts'
import { type Situation, situations } from '../core/situations.ts'
import { MINUTE, type Micros } from '../core/time.ts'
import { SLOW_REQUEST_DELAY } from '../operations/operation.ts'
import { type Broker, parseDeployments } from '../output/deployments.ts'
import type { Pace } from '../output/pace.ts'
import { spanOfSituations } from '../traffic/situations.ts'

/** The parsed command line. */
export type ParsedCommand = Pace & {
  readonly cloud: CloudOptions
  /** Null: print the messages. */
  readonly brokers: readonly Broker[] | null
  /** Seconds. */
  readonly waitForQueues: number
  readonly truthFile: string | null
}

type Options = {
  seed: string
  operations?: number
  operationsPerMinute?: number
  failures: number
  slowRequests: number
  usageFaults: number
  duplicates: number
  format: Format
  rate: number
  start?: Micros
  live?: true
  deployments?: readonly Broker[]
  waitForQueues: number
  truth?: string
  auditMinutes?: number
  imageExists?: true
  situations: readonly Situation[]
  controlExchange?: string
  storedTimes: 'exact' | 'rounded'
}

/** An invalid command line: print the message and exit with `code`. Code 0: help was printed, there is no message. */
export class UsageError extends Error {
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

function number(min: number, max: number, whole = false): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    if (value >= min && value <= max && (!whole || !Number.isFinite(value) || Number.isInteger(value))) return value
    const range = Number.isFinite(max) ? `from ${min} to ${max}` : `of at least ${min}`
    throw new InvalidArgumentError(`It must be a ${whole ? 'whole ' : ''}number ${range}.`)
  }
}

function time(text: string): Micros {
  const at = Date.parse(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) || !text.includes('T') ? text : `${text}Z`)
  if (Number.isNaN(at)) throw new InvalidArgumentError('It must be a time such as 2026-11-20T08:00:00Z.')
  return at * 1000
}

function situationNames(text: string): readonly Situation[] {
  if (text === 'all') return situations
  return text.split(',').map((name) => {
    const situation = situations.find((each) => each === name.trim())
    if (situation === undefined)
      throw new InvalidArgumentError(`It must be all, or names of: ${situations.join(', ')}.`)
    return situation
  })
}

function brokers(file: string): readonly Broker[] {
  try {
    return parseDeployments(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

function createCommand(): Command {
  return new Command('simulate')
    .description('Simulate an OpenStack cloud: publish its notifications, or print them as JSON lines.')
    .option('--seed <text>', 'the same seed gives the same cloud', 'stacktach')
    .option('--operations <n>', 'number of operations (default: 300; with --live: Infinity)', number(0, Infinity, true))
    .option(
      '--operations-per-minute <n>',
      'rate in simulated time (default: 300 in 6 hours; with --live: 60)',
      number(1e-6, 1e6),
    )
    .option('--failures <share>', 'share of operations that fail, 0 to 1', number(0, 1), 0.1)
    .option('--slow-requests <share>', 'share of operations that take 40 minutes, 0 to 1', number(0, 1), 0)
    .option('--usage-faults <share>', 'share of instances with a fault in their usage notifications', number(0, 1), 0)
    .option('--duplicates <share>', 'share of messages that are also sent on topic "monitor"', number(0, 1), 0)
    .addOption(new Option('--format <format>', 'notification format').choices(formats).default('envelope'))
    .option('--rate <n>', 'messages per second; 0 is as fast as possible', number(0, Infinity), 0)
    .option('--start <time>', 'start of the simulation, ISO 8601 (default: so that it ends about now)', time)
    .option('--live', 'run in real time: send each message at its own time')
    .option('--deployments <file>', "publish to the brokers of StackTach's deployments file (default: print)", brokers)
    .option(
      '--wait-for-queues <seconds>',
      "how long to wait for the file's queues; 0 does not wait",
      number(0, 86_400),
      60,
    )
    .option('--truth <file>', 'write the ground truth about all messages to a JSON file')
    .option('--audit-minutes <n>', 'audit period (default: 60; with --live: 10)', number(1, 525_600, true))
    .option('--image-exists', "send image.exists, as Rackspace's glance does")
    .addOption(
      new Option('--situations <names>', `situations of real clouds: all, or names of: ${situations.join(', ')}`)
        .argParser(situationNames)
        .default([], 'none'),
    )
    .option('--control-exchange <name>', "the exchange of all services (default: each service's own)")
    .addOption(
      new Option('--stored-times <kind>', "launch times as read from nova's database")
        .choices(['exact', 'rounded'])
        .default('exact'),
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
}

/** Converts the options; the defaults of a live cloud differ from those of a finite one. */
function toCloudOptions(options: Options, now: Micros): CloudOptions {
  const live = options.live === true
  const cloud = {
    seed: options.seed,
    format: options.format,
    failures: options.failures,
    slowRequests: options.slowRequests,
    usageFaults: options.usageFaults,
    duplicates: options.duplicates,
    imageExists: options.imageExists === true,
    storedTimes: options.storedTimes,
    situations: options.situations,
    controlExchange: options.controlExchange ?? null,
    operations: options.operations ?? (live ? Number.POSITIVE_INFINITY : 300),
    operationsPerMinute: options.operationsPerMinute ?? (live ? 60 : 300 / 360),
    auditPeriod: (options.auditMinutes ?? (live ? 10 : 60)) * MINUTE,
    keepTruth: options.truth !== undefined,
    ...(options.deployments === undefined ? {} : { deployments: options.deployments.map(({ name }) => name) }),
  }
  // The last operations take some more minutes, and no message may be in the future.
  const margin = 5 * MINUTE + (options.slowRequests > 0 ? SLOW_REQUEST_DELAY : 0)
  const span = Math.max(simulatedSpan(cloud), cloud.situations.length > 0 ? spanOfSituations(cloud.auditPeriod) : 0)
  const start = live ? now : (options.start ?? now - span - margin)
  return { ...cloud, start }
}

/**
 * Parses the command line.
 *
 * @param args without node and script
 * @param now microseconds
 * @throws UsageError
 */
export function parseCommand(args: readonly string[], now: Micros): ParsedCommand {
  const command = createCommand()
  try {
    command.parse(args, { from: 'user' })
    const options = command.opts<Options>()
    if (options.live === true && options.start !== undefined) {
      throw new RangeError('--live starts now: it cannot be combined with --start')
    }
    if (options.live !== true && options.start === undefined && options.operations === Number.POSITIVE_INFINITY) {
      throw new RangeError('--operations Infinity requires --live or --start')
    }
    const cloud = toCloudOptions(options, now)
    completeOptions(cloud)
    return {
      cloud,
      rate: options.rate,
      live: options.live === true,
      brokers: options.deployments ?? null,
      waitForQueues: options.waitForQueues,
      truthFile: options.truth ?? null,
    }
  } catch (error) {
    if (error instanceof CommanderError)
      throw new UsageError(error.exitCode === 0 ? 0 : 2, error.message.replaceAll('\n', ' '))
    if (error instanceof RangeError) throw new UsageError(2, `error: ${error.message}`)
    throw error
  }
}
