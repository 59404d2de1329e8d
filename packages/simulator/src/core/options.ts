import { type Situation, situations } from './situations.ts'
import { HOUR, MINUTE, type Micros } from './time.ts'

/** `classic` is the plain notification, `envelope` the same in oslo.messaging's 2.0 envelope. */
export type Format = 'classic' | 'envelope' | 'versioned' | 'both'

export const formats = ['classic', 'envelope', 'versioned', 'both'] as const satisfies readonly Format[]

/** The cloud to simulate. Every option has a default. */
export type CloudOptions = {
  /** The same seed and options give the same messages, byte for byte. */
  readonly seed?: string
  readonly format?: Format
  /** When the first operation may start, microseconds of unix time. */
  readonly start?: Micros
  /** Number of operations; with Infinity the cloud never ends. */
  readonly operations?: number
  /** Operations started per simulated minute, all deployments together. */
  readonly operationsPerMinute?: number
  /** The share (0 to 1) of failing operations among those that can fail. */
  readonly failures?: number
  /** The share (0 to 1) of instance operations that take 40 minutes, except those that only the API handles. */
  readonly slowRequests?: number
  /**
   * The share (0 to 1) of the instances that get one fault in their usage notifications, if there is an opportunity.
   * All other messages are the same as without faults.
   */
  readonly usageFaults?: number
  /** The share (0 to 1) of the messages that are also sent on a second topic. */
  readonly duplicates?: number
  /** Names of the deployments. */
  readonly deployments?: readonly string[]
  /** Compute hosts per deployment, at least two. */
  readonly hosts?: number
  /** The approximate number of instances per deployment after the initial growth. */
  readonly instances?: number
  /** Length of nova's audit period, microseconds; periods start at multiples of it since 1970. */
  readonly auditPeriod?: Micros
  /** Whether to send image.exists after each audit period, as Rackspace's glance does. */
  readonly imageExists?: boolean
  /**
   * Situations of real clouds to add. Those with operations of their own start again every four audit periods; a cloud
   * lasts until they have ended. An endless cloud never switches its format.
   */
  readonly situations?: readonly Situation[]
  /** The exchange of all services (oslo.messaging's `control_exchange`); null: each service has its own. */
  readonly controlExchange?: string | null
  /**
   * Launch times as nova reads them from its database: `exact` keeps microseconds, `rounded` rounds half up to whole
   * seconds, as MySQL 8 does.
   */
  readonly storedTimes?: 'exact' | 'rounded'
  /** False records no ground truth, which keeps memory bounded in a long run. */
  readonly keepTruth?: boolean
}

/** Options with all defaults filled in. */
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
  situations: [],
  controlExchange: null,
  storedTimes: 'exact',
  keepTruth: true,
}

/** Operations of situations take place between two audits. */
const MIN_PERIOD_OF_SITUATIONS = 10 * MINUTE

function fail(message: string): never {
  throw new RangeError(message)
}

/** Fills in the defaults. Throws a RangeError that names an invalid option. */
export function completeOptions(options: CloudOptions): Settings {
  const settings = { ...defaults, ...options }
  const share = (name: string, value: number): void => {
    if (!(value >= 0 && value <= 1)) fail(`${name} must be from 0 to 1, not ${value}`)
  }
  share('failures', settings.failures)
  share('slowRequests', settings.slowRequests)
  share('usageFaults', settings.usageFaults)
  share('duplicates', settings.duplicates)
  if (!(settings.operations >= 0)) fail(`operations must be at least 0, not ${settings.operations}`)
  if (!(settings.operationsPerMinute > 0))
    fail(`operationsPerMinute must be greater than 0, not ${settings.operationsPerMinute}`)
  if (!(settings.hosts >= 2)) fail(`hosts must be at least 2, not ${settings.hosts}`)
  if (!(settings.instances >= 1)) fail(`instances must be at least 1, not ${settings.instances}`)
  if (!(settings.auditPeriod > 0)) fail(`auditPeriod must be greater than 0, not ${settings.auditPeriod}`)
  const unknown = settings.situations.find((name) => !situations.includes(name))
  if (unknown !== undefined) fail(`situations must be of ${situations.join(', ')}, not ${unknown}`)
  if (settings.situations.length > 0 && settings.auditPeriod < MIN_PERIOD_OF_SITUATIONS)
    fail(`auditPeriod must be at least ten minutes with situations, not ${settings.auditPeriod}`)
  if (settings.controlExchange === '') fail('controlExchange must not be empty')
  if (settings.deployments.length === 0) fail('at least one deployment is required')
  if (new Set(settings.deployments).size < settings.deployments.length) fail('the names of deployments must differ')
  if (!Number.isSafeInteger(settings.start)) fail(`start must be a whole number of microseconds, not ${settings.start}`)
  return settings
}

/** Microseconds from the first to the last start of an operation; the last operations take some more minutes. */
export function simulatedSpan(options: CloudOptions): Micros {
  const { operations, operationsPerMinute } = { ...defaults, ...options }
  return Math.round((operations / operationsPerMinute) * 60_000_000)
}
