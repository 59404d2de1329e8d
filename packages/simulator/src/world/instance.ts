import { base36, type Random } from '../core/random.ts'
import type { Micros } from '../core/time.ts'
import type { UsagePlan } from '../traffic/usageFaults.ts'
import type { Deployment } from './deployment.ts'
import type { Flavor } from './flavor.ts'
import type { BaseImage } from './image.ts'
import type { Tenant, User } from './tenant.ts'

export type State =
  | 'building'
  | 'active'
  | 'stopped'
  | 'paused'
  | 'suspended'
  | 'resized'
  | 'rescued'
  | 'shelved'
  | 'shelved_offloaded'
  | 'error'
  | 'deleted'

/** How an instance was last brought up: what every exists about it has to agree with. */
export type Launched = {
  /** As the service that launched it tells the time, microseconds. */
  readonly at: Micros
  readonly flavor: Flavor
  readonly image: BaseImage
  /** The launch time as a request told it that then failed to launch anything, and so left it standing; else null. */
  repeatedAt: Micros | null
}

export type Address = { readonly address: string; readonly mac: string; readonly port: string }

/** An instance as nova has it in memory: what a notification sent now would show. */
export type Instance = {
  readonly uuid: string
  readonly number: number
  readonly deployment: Deployment
  readonly tenant: Tenant
  readonly owner: User
  readonly reservation: string
  readonly hostname: string
  readonly keyName: string | null
  readonly createdAt: Micros
  displayName: string
  description: string | null
  flavor: Flavor
  image: BaseImage
  metadata: Readonly<Record<string, string>>
  addresses: readonly Address[]
  volumes: readonly string[]
  locked: boolean
  lockedReason: string | null
  updatedAt: Micros | null
  /** As it is read now: nova's database may have rounded it. */
  launchedAt: Micros | null
  /** Null until it is launched. */
  launched: Launched | null
  terminatedAt: Micros | null
  deletedAt: Micros | null
  host: string | null
  zone: string | null
  state: State
  task: string | null
  /** The flavor to go back to while a resize waits to be confirmed. */
  previousFlavor: Flavor | null
  /** The host to go back to while a resize waits to be confirmed. */
  previousHost: string | null
  /** What is planted in what is told of it; null for most. */
  usagePlan: UsagePlan | null
  /** An operation is under way: no other one starts. */
  busy: boolean
  /** When its last versioned twin is sent: a service sends one message after the other. */
  lastCounterpartAt: Micros
}

/** What is common to the instances of one create request. */
export type Build = {
  readonly deployment: Deployment
  readonly tenant: Tenant
  readonly owner: User
  readonly flavor: Flavor
  readonly image: BaseImage
  readonly createdAt: Micros
}

const roles = ['web', 'app', 'db', 'cache', 'worker'] as const

/** A new instance that nothing has happened to yet; `number` is nova's own row number. */
export function createInstance(build: Build, reservation: string, number: number, random: Random): Instance {
  const role = random.pick(roles)
  const name = `${role}-${String(number).padStart(2, '0')}`
  return {
    ...build,
    uuid: random.uuid(),
    number,
    reservation,
    hostname: name,
    displayName: name,
    description: null,
    keyName: random.chance(0.4) ? 'laptop' : null,
    metadata: random.chance(0.7) ? { role } : {},
    addresses: [],
    volumes: [],
    locked: false,
    lockedReason: null,
    updatedAt: null,
    launchedAt: null,
    launched: null,
    terminatedAt: null,
    deletedAt: null,
    host: null,
    zone: null,
    state: 'building',
    task: 'scheduling',
    previousFlavor: null,
    previousHost: null,
    usagePlan: null,
    busy: true,
    lastCounterpartAt: 0,
  }
}

/** A reservation id such as `r-c1roi1ag`. */
export function createReservation(random: Random): string {
  return `r-${base36(random, 8)}`
}

/** A fixed address on the private network. */
export function createAddress(random: Random): Address {
  const mac = [1, 2, 3].map(() => random.int(0, 255).toString(16).padStart(2, '0')).join(':')
  return {
    address: `192.168.${random.int(1, 4)}.${random.int(3, 250)}`,
    mac: `fa:16:3e:${mac}`,
    port: random.uuid(),
  }
}
