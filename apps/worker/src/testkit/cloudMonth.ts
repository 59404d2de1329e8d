import { DAY, HOUR, type Instant, MINUTE, type NovaRow, SECOND } from '@stacktach/domain'
import { novaRow, seededRandom } from './notifications.ts'

/** 2026-11-01 00:00:00 */
export const NOVEMBER: Instant = 1_793_491_200_000_000
export const DECEMBER: Instant = NOVEMBER + 30 * DAY

/** How late a late delete arrives. */
const LATE_DELETE = 2 * DAY

/** The jobs run an hour after each midnight: the first run after a time. */
export const runAfter = (time: Instant): Instant => Math.ceil((time - HOUR) / DAY) * DAY + HOUR

/** A notification, and when it arrives. */
interface Sent {
  row: NovaRow
  at: Instant
}

/** Time of one flavor. */
interface Used {
  from: Instant
  until: Instant
  flavor: string
}

/** A correction that must be found. */
export interface PlantedCorrection {
  instance: string
  day: Instant
  flavor: string
  before: number
  after: number
  reason: string
}

/** What is true of an instance. */
export interface InstanceTruth {
  instance: string
  tenant: string
  used: Used[]
  /** Whether exists of it are lost or invalid. */
  incomplete: boolean
  /** Times whose exists are lost. */
  lost: { from: Instant; until: Instant }[]
}

/** A month of a region with hourly audits, and what is true of it. */
export interface CloudMonth {
  sent: Sent[]
  instances: InstanceTruth[]
  corrections: PlantedCorrection[]
}

/** What happens to an instance, besides its life. */
const stories = [
  'runs',
  'resized',
  'offloaded',
  'migrated',
  'lost exists',
  'invalid exists',
  'late exists',
  'late delete',
  'contradicted',
  'unknown for days',
] as const

type Story = (typeof stories)[number]

/** Simulates a month: each tenant has two instances, and each story the same number of them. */
export function simulateMonth(tenants: number, seed: number): CloudMonth {
  const random = seededRandom(seed)
  const month: CloudMonth = { sent: [], instances: [], corrections: [] }
  for (let index = 0; index < tenants * 2; index++) {
    const story = stories[index % stories.length] ?? 'runs'
    new Server(month, `instance-${String(index).padStart(4, '0')}`, `tenant-${index >> 1}`, random).live(story)
  }
  return month
}

class Server {
  readonly #month: CloudMonth
  readonly #instance: string
  readonly #tenant: string
  readonly #random: () => number
  readonly #used: Used[] = []
  readonly #lost: { from: Instant; until: Instant }[] = []
  #launchedAt: Instant
  #flavor = 'small'
  #incomplete = false

  constructor(month: CloudMonth, instance: string, tenant: string, random: () => number) {
    this.#month = month
    this.#instance = instance
    this.#tenant = tenant
    this.#random = random
    // Nova stores the launch in whole seconds.
    this.#launchedAt = this.#moment(0, 10)
  }

  /** A second in the middle of an hour of these days, so that what happens then ends within the hour. */
  #moment(firstDay: number, days: number): Instant {
    const hour = Math.floor(this.#random() * 24 * days)
    return NOVEMBER + firstDay * DAY + hour * HOUR + (600 + Math.floor(this.#random() * 1_200)) * SECOND
  }

  live(story: Story): void {
    const delay = story === 'unknown for days' ? 5 * DAY : 0
    const bornAt = this.#launchedAt
    this.#request('create', bornAt - 30 * SECOND, bornAt + SECOND, delay)
    const happensAt = this.#moment(12, 6)
    const deletedAt = story === 'unknown for days' ? bornAt + 3 * HOUR : this.#moment(20, 8)
    const lives = story !== 'runs' && story !== 'migrated'
    if (story === 'resized') this.#resize(happensAt)
    else if (story === 'offloaded') this.#offload(happensAt)
    else this.#use(bornAt, lives ? deletedAt : DECEMBER)
    if (story === 'resized' || story === 'offloaded') this.#use(this.#launchedAt, deletedAt)
    this.#audits(story, happensAt, lives ? deletedAt : null, delay)
    if (lives) this.#delete(story, deletedAt, delay)
    if (story === 'unknown for days') this.#plant(bornAt, deletedAt)
    this.#month.instances.push({
      instance: this.#instance,
      tenant: this.#tenant,
      used: this.#used,
      incomplete: this.#incomplete,
      lost: this.#lost,
    })
  }

  #use(from: Instant, until: Instant): void {
    this.#used.push({ from, until, flavor: this.#flavor })
  }

  #send(event: string, when: Instant, requestId: string, facts: NovaRow['facts'], delay = 0): void {
    const columns = { tenant: this.#tenant, requestId }
    const own = { launchedAt: this.#launchedAt, instanceFlavorId: this.#flavor, ...facts }
    this.#month.sent.push({ row: novaRow(this.#instance, event, when, columns, own), at: when + delay })
  }

  #request(name: string, start: Instant, end: Instant, delay = 0, last = name): void {
    const requestId = `req-${this.#instance}-${name}`
    const message = 'Success'
    this.#send(`${name}.start`, start, requestId, null, delay)
    this.#send(`${last}.end`, end, requestId, { message }, delay)
  }

  #exists(from: Instant, until: Instant, facts: NovaRow['facts'] = null, delay = 0): void {
    const period = { auditPeriodBeginning: from, auditPeriodEnding: until }
    this.#send('exists', until + SECOND, '', { ...period, ...facts }, delay)
  }

  /** The exists of an action, for the part of the hour before it. */
  #partial(until: Instant): void {
    this.#exists(Math.floor(until / HOUR) * HOUR, until)
  }

  #resize(at: Instant): void {
    this.#use(this.#launchedAt, at)
    this.#before = { until: at, launchedAt: this.#launchedAt, flavor: this.#flavor }
    this.#partial(at)
    const old = this.#flavor
    this.#send('resize.prep.start', at, `req-${this.#instance}-resize`, null)
    this.#flavor = old === 'small' ? 'large' : 'small'
    this.#launchedAt = at + 5 * MINUTE
    this.#send('finish_resize.start', at + MINUTE, `req-${this.#instance}-resize`, {
      launchedAt: this.#before.launchedAt,
    })
    this.#send('finish_resize.end', this.#launchedAt + SECOND, `req-${this.#instance}-resize`, { message: 'Success' })
  }

  /** The launch until a resize or an offload, as the audits before it reported it. */
  #before: { until: Instant; launchedAt: Instant; flavor: string } | null = null

  #offload(at: Instant): void {
    this.#use(this.#launchedAt, at)
    this.#before = { until: at, launchedAt: this.#launchedAt, flavor: this.#flavor }
    this.#partial(at)
    this.#request('shelve', at, at + MINUTE)
    this.#request('shelve_offload', at + 2 * MINUTE, at + 3 * MINUTE)
    const unshelved = at + 26 * HOUR
    this.#launchedAt = unshelved
    this.#request('unshelve', unshelved - MINUTE, unshelved + SECOND)
  }

  /** The hourly audits, with the faults of a story at a time. */
  #audits(story: Story, faultAt: Instant, deletedAt: Instant | null, delay: number): void {
    const [first] = this.#used
    if (first === undefined) throw new Error('an instance is used')
    const last = { launchedAt: this.#launchedAt, flavor: this.#flavor }
    // An instance that was reported until its delete arrived.
    const end = deletedAt === null ? DECEMBER : deletedAt + (story === 'contradicted' ? LATE_DELETE : 0)
    for (let hour = Math.floor(first.from / HOUR) * HOUR; hour < end; hour += HOUR) {
      const launch = this.#before !== null && hour + HOUR <= last.launchedAt ? this.#before : last
      // Offloaded: no host reports it.
      if (launch === this.#before && hour + HOUR > this.#before.until) continue
      const facts = {
        launchedAt: launch.launchedAt,
        instanceFlavorId: launch.flavor,
        ...(deletedAt !== null && story !== 'contradicted' && deletedAt < hour + HOUR ? { deletedAt } : {}),
      }
      const isFaulty = hour <= faultAt && faultAt < hour + HOUR
      if (isFaulty && story === 'migrated') this.#exists(hour, hour + HOUR, facts)
      if (isFaulty && story === 'lost exists') {
        this.#fail(hour)
        this.#lost.push({ from: hour, until: hour + HOUR })
      } else if (isFaulty && story === 'invalid exists') {
        this.#fail(hour)
        this.#exists(hour, hour + HOUR, { ...facts, instanceFlavorId: 'unknown' })
      } else {
        this.#exists(hour, hour + HOUR, facts, isFaulty && story === 'late exists' ? 3 * DAY : delay)
      }
    }
  }

  /** The usage of an hour stays missing. */
  #fail(hour: Instant): void {
    const [used] = this.#used.splice(0, 1)
    if (used === undefined) throw new Error('an instance is used')
    this.#used.push({ ...used, until: hour }, { ...used, from: hour + HOUR })
    this.#incomplete = true
  }

  #delete(story: Story, at: Instant, delay: number): void {
    const late = story === 'late delete' || story === 'contradicted' ? LATE_DELETE : delay
    const requestId = `req-${this.#instance}-delete`
    this.#send('delete.start', at - 5 * SECOND, requestId, null, late)
    this.#send('delete.end', at, requestId, { terminatedAt: at, deletedAt: at }, late)
    if (story === 'contradicted') this.#contradict(at)
  }

  /** The exists of the hour of the delete and of later hours fail: they know nothing of it. */
  #contradict(at: Instant): void {
    const [used] = this.#used.splice(0, 1)
    if (used === undefined) throw new Error('an instance is used')
    const hour = Math.floor(at / HOUR) * HOUR
    this.#used.push({ ...used, until: hour })
    this.#incomplete = true
    // The days that were closed before the delete arrived.
    for (let day = Math.floor(at / DAY) * DAY; day + 2 * DAY < runAfter(at + LATE_DELETE); day += DAY) {
      this.#month.corrections.push({
        ...{ instance: this.#instance, day, flavor: this.#flavor, before: DAY, after: Math.max(0, hour - day) },
        reason: 'contradicted exists',
      })
    }
  }

  /** Usage that becomes known after the days are closed. */
  #plant(from: Instant, until: Instant): void {
    for (const { day, length } of parts(from, until)) {
      this.#month.corrections.push({
        ...{ instance: this.#instance, day, flavor: this.#flavor, before: 0, after: length },
        reason: 'late notification',
      })
    }
  }
}

/** The parts of a time by day. */
function parts(from: Instant, until: Instant): { day: Instant; length: number }[] {
  const result: { day: Instant; length: number }[] = []
  for (let day = Math.floor(from / DAY) * DAY; day < until; day += DAY) {
    result.push({ day, length: Math.min(until, day + DAY) - Math.max(from, day) })
  }
  return result
}
