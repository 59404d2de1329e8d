import { at, type JsonObject } from './json.ts'

/** Characters that PostgreSQL text cannot store: NUL and lone surrogates. */
const unstorable = /\0|\p{Surrogate}/gu

/** Replaces each character that PostgreSQL cannot store by U+FFFD. */
export function storable(value: string): string {
  return value.replace(unstorable, '\ufffd')
}

/** A string in storable form, null for any other type. */
export function text(value: unknown): string | null {
  return typeof value === 'string' ? storable(value) : null
}

/** Maximum bytes of an indexed value; PostgreSQL rejects index entries larger than a third of a page. */
export const MAX_LENGTH = 1024

/** Whether the value fits in an index entry. */
export function isIndexable(value: string): boolean {
  // A character takes at most three bytes for each UTF-16 unit.
  return value.length <= MAX_LENGTH / 3 || utf8Length(value) <= MAX_LENGTH
}

function utf8Length(value: string): number {
  let length = 0
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return length
}

/** A string, or the digits of a number (tenants and flavors of old clouds); null for a number out of range (1e400). */
export function textOrNumber(value: unknown): string | null {
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'number' ? (Number.isFinite(value) ? String(value) : null) : text(value)
}

/** The first non-empty string. */
export function firstText(...values: unknown[]): string | null {
  for (const value of values) {
    const candidate = textOrNumber(value)
    if (candidate !== null && candidate !== '') return candidate
  }
  return null
}

/** A state or a task: empty when absent, null stays null. */
export function stateText(payload: unknown, key: string): string | null {
  const value = at(payload, key)
  return value === undefined ? '' : text(value)
}

/** The digits of an integer, also beyond 2^53; null for anything else. */
export function digits(value: unknown): string | null {
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null
}

export interface PublisherId {
  publisher: string
  service: string
  host: string | null
}

/**
 * Splits a publisher_id at its first dot or colon into service and host (null if empty). `nova-compute:host-1` of a
 * versioned notification is the service and host of `compute.host-1` in a classic one.
 */
export function splitPublisher(publisherId: string, versioned: boolean): PublisherId {
  const publisher = storable(publisherId)
  const cut = publisher.search(/[.:]/)
  const name = cut < 0 ? publisher : publisher.slice(0, cut)
  return {
    publisher,
    service: versioned ? name.replace(/^nova-/, '') : name,
    host: cut < 0 ? null : publisher.slice(cut + 1) || null,
  }
}

const bases = new Map<unknown, number>([
  ['base', 1],
  ['snapshot', 2],
  ['import', 3],
])
const systems = new Map<unknown, number>([
  ['linux', 0x10],
  ['windows', 0x20],
  ['freebsd', 0x40],
])
const distributions = new Map<unknown, number>([
  ['ubuntu', 0x100],
  ['debian', 0x200],
  ['centos', 0x400],
  ['rhel', 0x800],
])

/** The bits of StackTach's image type: kind, operating system and distribution. */
export function imageTypeBits(payload: JsonObject | null): number {
  const meta = at(payload, 'image_meta')
  return (
    (bases.get(at(meta, 'image_type')) ?? 0) |
    (systems.get(at(meta, 'os_type') ?? at(payload, 'os_type')) ?? 0) |
    (distributions.get(at(meta, 'os_distro')) ?? 0)
  )
}
