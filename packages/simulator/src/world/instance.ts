import { base36, type Random } from '../core/random.ts'
import type { Micros } from '../core/time.ts'
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
  | 'soft-delete'
  | 'error'
  | 'deleted'

/**
 * A fault planted in the usage notifications of an instance: the launches are never sent; an exists has another flavor,
 * or another tenant; the delete is never sent; an exists omits a delete; an exists is sent twice.
 */
export type UsageFault = 'no launch' | 'flavor' | 'tenant' | 'no delete' | 'contradicted' | 'duplicate'

/** The fault to plant in an instance's usage, and whether that has happened. */
export type UsagePlan = { readonly fault: UsageFault; planted: boolean }

/** The last launch of an instance, with which every exists has to agree. */
export type Launched = {
  /** The time at the service that launched it, microseconds. */
  readonly at: Micros
  readonly requestId: string
  readonly flavor: Flavor
  readonly image: BaseImage
  /** The launch time that a failed request (such as a rescue) sent again; null if there was none. */
  repeatedAt: Micros | null
}

/** The flavor that an instance had since `at`, microseconds. */
export type FlavorChange = { readonly at: Micros; readonly flavor: Flavor }

export type Address = { readonly address: string; readonly mac: string; readonly port: string }

/** An instance in nova's memory: the values that a notification sent now has. */
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
  /** The flavor at the creation and every change of it, in order. */
  flavorChanges: readonly FlavorChange[]
  image: BaseImage
  metadata: Readonly<Record<string, string>>
  addresses: readonly Address[]
  volumes: readonly string[]
  locked: boolean
  lockedReason: string | null
  updatedAt: Micros | null
  /** The value in nova's database, which may have rounded it. */
  launchedAt: Micros | null
  /** Null until it is launched. */
  launched: Launched | null
  terminatedAt: Micros | null
  deletedAt: Micros | null
  host: string | null
  zone: string | null
  state: State
  task: string | null
  /** Whether its host is down: no audit reports the instance. */
  unreachable: boolean
  /** The flavor to revert to until a resize is confirmed. */
  previousFlavor: Flavor | null
  /** The host to revert to until a resize is confirmed. */
  previousHost: string | null
  /** Null for most instances. */
  usagePlan: UsagePlan | null
  /** Whether an operation is in progress; no second one starts. */
  busy: boolean
  /** When its last versioned counterpart is sent: a service sends one message after another. */
  lastCounterpartAt: Micros
}

/** The values that all instances of one create request share. */
export type Build = {
  readonly deployment: Deployment
  readonly tenant: Tenant
  readonly owner: User
  readonly flavor: Flavor
  readonly image: BaseImage
  readonly createdAt: Micros
}

const roles = ['web', 'app', 'db', 'cache', 'worker'] as const

/** Creates an instance in state building; `number` is nova's row number. */
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
    flavorChanges: [{ at: build.createdAt, flavor: build.flavor }],
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
    unreachable: false,
    previousFlavor: null,
    previousHost: null,
    usagePlan: null,
    busy: true,
    lastCounterpartAt: 0,
  }
}

/** Creates a reservation id such as `r-c1roi1ag`. */
export function createReservation(random: Random): string {
  return `r-${base36(random, 8)}`
}

/** Creates a fixed address on the private network. */
export function createAddress(random: Random): Address {
  const mac = [1, 2, 3].map(() => random.int(0, 255).toString(16).padStart(2, '0')).join(':')
  return {
    address: `192.168.${random.int(1, 4)}.${random.int(3, 250)}`,
    mac: `fa:16:3e:${mac}`,
    port: random.uuid(),
  }
}
