import { type Instant, parseInstant } from '../time/instant.ts'
import { digits, firstText, isIndexable, text, textOrNumber } from './columns.ts'
import { at, isObject, type JsonObject } from './json.ts'

/**
 * Fields of a nova payload that the usage folds read. They are stored with the notification, so that a fold does not
 * parse the original. Times are in microseconds; absent, empty or malformed fields are left out.
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
  /** For create.end: the error message, or `Success`. */
  message?: string
  /** Of a start, end or error: the name of the image, or its id if the notification has no name. */
  image?: string
  /** Exactly for error notifications: the error as one line. */
  error?: string
  /** Bytes, as digits: the counter exceeds 2^53. */
  bandwidthPublicOut?: string
}

/** One image of an image.exists, or the image of an activate or delete. */
export interface ImageFacts {
  uuid?: string
  createdAt?: Instant
  deletedAt?: Instant
  owner?: string
  /** Bytes, as digits. */
  size?: string
}

/** Fields of a glance payload that the usage folds read. */
export interface GlanceFacts {
  images: ImageFacts[]
  /** Of an image.exists: the owner that the notification reports for all its images. */
  owner?: string
  auditPeriodBeginning?: Instant
  auditPeriodEnding?: Instant
}

/** Events used by launches, deletes or exists. */
const usageEvents =
  /^compute\.instance\.(?:create|rebuild|rescue|unshelve|finish_resize|resize\.prep|resize\.revert)\.(?:start|end)$|^compute\.instance\.(?:(?:delete|force_delete|soft_delete|restore)\.end|exists)$/

/** Events of operations. */
const operationEvents = /\.(?:start|end|error)$/

/**
 * The facts of a nova notification; null if the folds do not use it.
 *
 * @param error of an error notification, else null
 */
export function instanceFacts(event: string, payload: JsonObject | null, error: string | null): InstanceFacts | null {
  const operation = payload !== null && operationEvents.test(event) ? operationFacts(payload) : {}
  const usage = payload !== null && usageEvents.test(event) ? usageFacts(payload) : null
  if (usage === null && error === null && Object.keys(operation).length === 0) return null
  return { ...usage, ...operation, ...(error === null ? {} : { error }) }
}

function operationFacts(payload: JsonObject): InstanceFacts {
  const url = text(payload.image_ref_url)
  return withoutNull({
    flavorName: short(text(payload.instance_type)),
    image: short(firstText(text(payload.image_name), text(payload.image_uuid), url?.slice(url.lastIndexOf('/') + 1))),
  })
}

function usageFacts(payload: JsonObject): InstanceFacts {
  return withoutNull({
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

/** The facts of a glance notification; null if the fold does not use its event. */
export function glanceFacts(event: string, payload: JsonObject | null): GlanceFacts | null {
  if (payload === null) return null
  if (event !== 'image.exists') {
    // An image that becomes active by an import has no image.activate: its first notification with that status counts.
    const isUsed = event === 'image.activate' || event === 'image.delete' || payload.status === 'active'
    return isUsed ? { images: [imageFacts(payload, payload.owner)] } : null
  }
  const images = Array.isArray(payload.images) ? payload.images.filter(isObject) : []
  return {
    images: images.map((image) => imageFacts(image, image.owner)),
    ...withoutNull({
      owner: short(textOrNumber(payload.owner)),
      auditPeriodBeginning: parseInstant(payload.audit_period_beginning),
      auditPeriodEnding: parseInstant(payload.audit_period_ending),
    }),
  }
}

function imageFacts(image: JsonObject, owner: unknown): ImageFacts {
  return withoutNull({
    uuid: short(text(image.id)),
    createdAt: parseInstant(image.created_at),
    deletedAt: parseInstant(image.deleted_at),
    owner: short(textOrNumber(owner)),
    size: bytes(image.size),
  })
}

/** Maximum characters of a stored message, which is only compared with `Success`. */
const MESSAGE_LENGTH = 100

/**
 * Omits a value that is longer than any id, name or owner. A fold has the facts of thousands of notifications in memory.
 */
function short(value: string | null): string | null {
  return value !== null && isIndexable(value) ? value : null
}

const MAX_BIGINT = 2n ** 63n - 1n

/** A byte count that fits in a bigint column. */
function bytes(value: unknown): string | null {
  const count = digits(value)
  return count !== null && BigInt(count) >= 0n && BigInt(count) <= MAX_BIGINT ? count : null
}

function megabytes(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** The fields of T that are not null. */
type WithoutNull<T> = { [K in keyof T]?: NonNullable<T[K]> }

function withoutNull<T extends object>(fields: T): WithoutNull<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as WithoutNull<T>
}
