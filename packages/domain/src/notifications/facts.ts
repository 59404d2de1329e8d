import { type Instant, parseInstant } from '../time/instant.ts'
import { digits, isIndexable, text, textOrNumber } from './columns.ts'
import { at, isObject, type JsonObject } from './json.ts'

/**
 * What the usage folds need of a nova payload, kept beside the notification so that no fold parses an original again.
 * Times are microseconds; a field that was absent, empty or of a wrong kind is left out.
 */
export interface InstanceFacts {
  launchedAt?: Instant
  terminatedAt?: Instant
  deletedAt?: Instant
  auditPeriodBeginning?: Instant
  auditPeriodEnding?: Instant
  instanceTypeId?: string
  instanceFlavorId?: string
  flavorName?: string
  memoryMb?: number
  /** Of create.end: why it did not succeed, or `Success`. */
  message?: string
  /** Bytes, in digits: the counter passes 2^53. */
  bandwidthPublicOut?: string
}

/** One image of glance's image.exists, or the image an activate or delete is about. */
export interface ImageFacts {
  uuid?: string
  createdAt?: Instant
  deletedAt?: Instant
  owner?: string
  /** Bytes, in digits. */
  size?: string
}

/** What the usage folds need of a glance payload. */
export interface GlanceFacts {
  images: ImageFacts[]
  auditPeriodBeginning?: Instant
  auditPeriodEnding?: Instant
}

/** The events that a rule of launches, deletes or exists reads. */
const usageEvents =
  /^compute\.instance\.(?:create|rebuild|rescue|unshelve|finish_resize|resize\.prep|resize\.revert)\.(?:start|end)$|^compute\.instance\.(?:delete\.end|exists)$/

export function instanceFacts(event: string, payload: JsonObject | null): InstanceFacts | null {
  if (payload === null || !usageEvents.test(event)) return null
  return known({
    launchedAt: parseInstant(payload.launched_at),
    terminatedAt: parseInstant(payload.terminated_at),
    deletedAt: parseInstant(payload.deleted_at),
    auditPeriodBeginning: parseInstant(payload.audit_period_beginning),
    auditPeriodEnding: parseInstant(payload.audit_period_ending),
    instanceTypeId: short(textOrNumber(payload.instance_type_id)),
    instanceFlavorId: short(textOrNumber(payload.instance_flavor_id)),
    flavorName: short(text(payload.instance_type)),
    memoryMb: megabytes(payload.memory_mb),
    message: text(payload.message)?.slice(0, MESSAGE_LENGTH) ?? null,
    bandwidthPublicOut: bytes(at(payload, 'bandwidth', 'public', 'bw_out')),
  })
}

export function glanceFacts(event: string, payload: JsonObject | null): GlanceFacts | null {
  if (payload === null) return null
  if (event === 'image.activate' || event === 'image.delete') return { images: [imageFacts(payload, payload.owner)] }
  if (event !== 'image.exists') return null
  const images = Array.isArray(payload.images) ? payload.images.filter(isObject) : []
  return {
    images: images.map((image) => imageFacts(image, image.owner ?? payload.owner)),
    ...known({
      auditPeriodBeginning: parseInstant(payload.audit_period_beginning),
      auditPeriodEnding: parseInstant(payload.audit_period_ending),
    }),
  }
}

function imageFacts(image: JsonObject, owner: unknown): ImageFacts {
  return known({
    uuid: short(text(image.id)),
    createdAt: parseInstant(image.created_at),
    deletedAt: parseInstant(image.deleted_at),
    owner: short(textOrNumber(owner)),
    size: bytes(image.size),
  })
}

/** Characters that are kept of a message: it is only compared with `Success`. */
const MESSAGE_LENGTH = 100

/**
 * No id, name or owner is longer, and no index would take it. Facts have to be small: a fold has those of thousands of
 * notifications in memory.
 */
function short(value: string | null): string | null {
  return value !== null && isIndexable(value) ? value : null
}

const MAX_BIGINT = 2n ** 63n - 1n

/** A count of bytes that a bigint column holds. */
function bytes(value: unknown): string | null {
  const found = digits(value)
  return found !== null && BigInt(found) >= 0n && BigInt(found) <= MAX_BIGINT ? found : null
}

function megabytes(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

type Known<T> = { [K in keyof T]?: NonNullable<T[K]> }

/** Without the fields that are null. */
function known<T extends object>(fields: T): Known<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as Known<T>
}
