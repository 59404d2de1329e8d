import { readFileSync } from 'node:fs'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { type Broker, parseDeployments } from '../output/deployments.ts'
import { type CloudOptions, completeOptions, type Format, formats, simulatedSpan } from '../core/options.ts'
import type { Pace } from '../output/pace.ts'
import { SLOW_REQUEST_DELAY } from '../operations/operation.ts'
import { type Micros, MINUTE } from '../core/time.ts'

/** What the command line asks for. */
export type Task = Pace & {
  readonly cloud: CloudOptions
  /** Null prints the messages. */
  readonly brokers: readonly Broker[] | null
  /** Seconds. */
  readonly waitForQueues: number
  readonly truthFile: string | null
}

type Given = {
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
  storedTimes: 'exact' | 'rounded'
}

/** Wrong usage: exit with `code`, after the line is printed that says why (none for --help). */
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
    const upper = Number.isFinite(max) ? ` to ${max}` : ' up'
    throw new InvalidArgumentError(`It must be a ${whole ? 'whole ' : ''}number from ${min}${upper}.`)
  }
}

function time(text: string): Micros {
  const at = Date.parse(/[zZ]$|[+-]\d\d:?\d\d$/.test(text) || !text.includes('T') ? text : `${text}Z`)
  if (Number.isNaN(at)) throw new InvalidArgumentError('It must be a time such as 2026-11-20T08:00:00Z.')
  return at * 1000
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
    .description('A simulated OpenStack cloud: publishes notifications, or prints them as JSON lines.')
    .option('--seed <text>', 'the same seed gives the same cloud', 'stacktach')
    .option('--operations <n>', 'how many operations start (default: 300; --live: Infinity)', number(0, Infinity, true))
    .option('--operations-per-minute <n>', 'of simulated time (default: 300 in 6 hours; --live: 60)', number(1e-6, 1e6))
    .option('--failures <share>', 'of operations that go wrong', number(0, 1), 0.1)
    .option('--slow-requests <share>', 'of operations that take 40 minutes', number(0, 1), 0)
    .option('--usage-faults <share>', 'of instances whose usage is told with a fault', number(0, 1), 0)
    .option('--duplicates <share>', 'of messages sent on topic "monitor", too', number(0, 1), 0)
    .addOption(new Option('--format <format>', 'of the notifications').choices(formats).default('envelope'))
    .option('--rate <n>', 'messages per second, 0 as fast as possible', number(0, Infinity), 0)
    .option('--start <time>', 'of the simulation, ISO 8601 (default: so that it ends about now)', time)
    .option('--live', 'the cloud runs now: each message goes out when its time has come')
    .option('--deployments <file>', "publish to the brokers of StackTach's deployments file (default: print)", brokers)
    .option('--wait-for-queues <seconds>', "for the file's queues to be there, 0 does not", number(0, 86_400), 60)
    .option('--truth <file>', 'write what is true of all messages, as JSON')
    .option('--audit-minutes <n>', 'audit period (default: 60; --live: 10)', number(1, 525_600, true))
    .option('--image-exists', "send image.exists, as Rackspace's glance does")
    .addOption(
      new Option('--stored-times <kind>', "launch times as nova's database gives them back")
        .choices(['exact', 'rounded'])
        .default('exact'),
    )
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
}

/** Lets `name` be chosen by the option, or by what suits a live or a finite cloud. */
function cloudOf(given: Given, now: Micros): CloudOptions {
  const live = given.live === true
  const shape = {
    seed: given.seed,
    format: given.format,
    failures: given.failures,
    slowRequests: given.slowRequests,
    usageFaults: given.usageFaults,
    duplicates: given.duplicates,
    imageExists: given.imageExists === true,
    storedTimes: given.storedTimes,
    operations: given.operations ?? (live ? Number.POSITIVE_INFINITY : 300),
    operationsPerMinute: given.operationsPerMinute ?? (live ? 60 : 300 / 360),
    auditPeriod: (given.auditMinutes ?? (live ? 10 : 60)) * MINUTE,
    keepTruth: given.truth !== undefined,
    ...(given.deployments === undefined ? {} : { deployments: given.deployments.map(({ name }) => name) }),
  }
  // The last operations take some minutes more, and nothing is to lie in the future.
  const more = 5 * MINUTE + (given.slowRequests > 0 ? SLOW_REQUEST_DELAY : 0)
  const start = live ? now : (given.start ?? now - simulatedSpan(shape) - more)
  return { ...shape, start }
}

/** What `args` (without node and script) ask for; throws a UsageError. `now` in microseconds. */
export function parseCommand(args: readonly string[], now: Micros): Task {
  const command = createCommand()
  try {
    command.parse(args, { from: 'user' })
    const given = command.opts<Given>()
    if (given.live === true && given.start !== undefined) throw new RangeError('--live starts now: no --start')
    if (given.live !== true && given.start === undefined && given.operations === Number.POSITIVE_INFINITY) {
      throw new RangeError('--operations Infinity needs --live or --start')
    }
    const cloud = cloudOf(given, now)
    completeOptions(cloud)
    return {
      cloud,
      rate: given.rate,
      live: given.live === true,
      brokers: given.deployments ?? null,
      waitForQueues: given.waitForQueues,
      truthFile: given.truth ?? null,
    }
  } catch (error) {
    if (error instanceof CommanderError)
      throw new UsageError(error.exitCode === 0 ? 0 : 2, error.message.replaceAll('\n', ' '))
    if (error instanceof RangeError) throw new UsageError(2, `error: ${error.message}`)
    throw error
  }
}
