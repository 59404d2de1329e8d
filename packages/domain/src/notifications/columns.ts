import { at, type JsonObject } from './json.ts'

/** What PostgreSQL's text cannot hold: NUL, and halves of surrogate pairs. */
const unstorable = /\0|\p{Surrogate}/gu

/** A string as PostgreSQL can hold it, two that differ there differing here. */
export function storable(value: string): string {
  return value.replace(unstorable, '\ufffd')
}

/** A string as a column holds it, null for anything else. */
export function text(value: unknown): string | null {
  return typeof value === 'string' ? storable(value) : null
}

/** Bytes that an indexed column holds; PostgreSQL refuses an index entry of more than a third of a page. */
export const MAX_LENGTH = 1024

/** Whether an index takes it. */
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

/** As text, and a number (old clouds' tenants and flavors) in its digits; null for one that no number can hold (1e400). */
export function textOrNumber(value: unknown): string | null {
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'number' ? (Number.isFinite(value) ? String(value) : null) : text(value)
}

/** The first of several values that is a string and not empty. */
export function firstText(...values: unknown[]): string | null {
  for (const value of values) {
    const found = textOrNumber(value)
    if (found !== null && found !== '') return found
  }
  return null
}

/** A state or a task: absent is the empty string, null stays null. */
export function stateText(payload: unknown, key: string): string | null {
  const value = at(payload, key)
  return value === undefined ? '' : text(value)
}

/** A whole number as its digits, also beyond 2^53; null for anything else. */
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
 * A publisher_id apart: what stands before its first dot or colon is the service, what stands after it the host (null
 * if nothing). Versioned notifications call it `nova-compute:host-1` where classic ones say `compute.host-1`.
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

/** The bits StackTach packs an image's kind, operating system and distribution into. */
export function imageTypeBits(payload: JsonObject | null): number {
  const meta = at(payload, 'image_meta')
  return (
    (bases.get(at(meta, 'image_type')) ?? 0) |
    (systems.get(at(meta, 'os_type') ?? at(payload, 'os_type')) ?? 0) |
    (distributions.get(at(meta, 'os_distro')) ?? 0)
  )
}
