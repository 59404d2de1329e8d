import { HOUR, type Micros } from './time.ts'

/** `classic` is the bare notification, `envelope` the same inside oslo.messaging's 2.0 envelope. */
export type Format = 'classic' | 'envelope' | 'versioned' | 'both'

export const formats = ['classic', 'envelope', 'versioned', 'both'] as const satisfies readonly Format[]

/** What cloud to simulate. Whatever is left out has a default. */
export type CloudOptions = {
  /** The same seed and options give the same messages, byte for byte. */
  readonly seed?: string
  readonly format?: Format
  /** When the first operation may start, microseconds of unix time. */
  readonly start?: Micros
  /** How many operations start in all; Infinity never ends. */
  readonly operations?: number
  /** How many operations start in a simulated minute, over all deployments. */
  readonly operationsPerMinute?: number
  /** The share (0 to 1) of the operations that can fail which do. */
  readonly failures?: number
  /** The share (0 to 1) of the operations on instances that take 40 minutes, where they are more than a word to the API. */
  readonly slowRequests?: number
  /**
   * The share (0 to 1) of the instances in whose usage a fault is planted, one each, where there is an occasion for it.
   * The other messages stay the same.
   */
  readonly usageFaults?: number
  /** The share (0 to 1) of the messages that are sent on a second topic, too. */
  readonly duplicates?: number
  /** Names of the deployments, in the order in which they are used. */
  readonly deployments?: readonly string[]
  /** Compute hosts per deployment, at least two. */
  readonly hosts?: number
  /** About how many instances a deployment has once it is in full swing. */
  readonly instances?: number
  /** Length of nova's audit period, microseconds; its boundaries are multiples of it since 1970. */
  readonly auditPeriod?: Micros
  /** Send image.exists at each period's end, as Rackspace's glance does. */
  readonly imageExists?: boolean
  /**
   * What nova reads back of a launch: `exact` keeps the microseconds, `rounded` has whole seconds, rounded half up as
   * MySQL 8 stores them.
   */
  readonly storedTimes?: 'exact' | 'rounded'
  /** False keeps no truth, so that memory stays bounded however long the cloud runs. */
  readonly keepTruth?: boolean
}

/** Options with nothing left out. */
export type Settings = Required<CloudOptions>

const defaults: Settings = {
  seed: 'stacktach',
  format: 'envelope',
  start: Date.UTC(2026, 0, 15, 8, 20) * 1000,
  operations: 300,
  operationsPerMinute: 300 / 360,
  failures: 0.1,
  slowRequests: 0,
  usageFaults: 0,
  duplicates: 0,
  deployments: ['east', 'west'],
  hosts: 3,
  instances: 20,
  auditPeriod: HOUR,
  imageExists: false,
  storedTimes: 'exact',
  keepTruth: true,
}

function fail(what: string): never {
  throw new RangeError(what)
}

/** Fills in the defaults; throws a RangeError that names what cannot be. */
export function completeOptions(options: CloudOptions): Settings {
  const settings = { ...defaults, ...options }
  const share = (name: string, value: number): void => {
    if (!(value >= 0 && value <= 1)) fail(`${name} must be from 0 to 1, not ${value}`)
  }
  share('failures', settings.failures)
  share('slowRequests', settings.slowRequests)
  share('usageFaults', settings.usageFaults)
  share('duplicates', settings.duplicates)
  if (!(settings.operations >= 0)) fail(`operations must not be negative, but is ${settings.operations}`)
  if (!(settings.operationsPerMinute > 0))
    fail(`operationsPerMinute must be above 0, not ${settings.operationsPerMinute}`)
  if (!(settings.hosts >= 2)) fail(`hosts must be at least 2, not ${settings.hosts}`)
  if (!(settings.instances >= 1)) fail(`instances must be at least 1, not ${settings.instances}`)
  if (!(settings.auditPeriod > 0)) fail(`auditPeriod must be above 0, not ${settings.auditPeriod}`)
  if (settings.deployments.length === 0) fail('there must be a deployment')
  if (new Set(settings.deployments).size < settings.deployments.length) fail('deployments must differ in name')
  if (!Number.isSafeInteger(settings.start)) fail(`start must be whole microseconds, not ${settings.start}`)
  return settings
}

/** How long the operations of a finite cloud take to start, microseconds; the last ones need some minutes more. */
export function simulatedSpan(options: CloudOptions): Micros {
  const { operations, operationsPerMinute } = { ...defaults, ...options }
  return Math.round((operations / operationsPerMinute) * 60_000_000)
}
