import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import type { CapturedMessage } from './captured.ts'

/** A message and its mutation. fast-check prints the mutation, since the bytes would fill pages. */
export interface MutatedMessage extends CapturedMessage {
  mutation: string
  [fc.toStringMethod]?: () => string
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const text = (value: Json) => JSON.stringify(value)

/**
 * Values that are difficult for one layer or another, as JSON text: JavaScript values cannot express 1e400, duplicate keys,
 * or half of a surrogate pair.
 */
const hostileValues: readonly string[] = [
  ...[null, true, false, 0, -1, '', [], {}, [[]], [null], [{}]].map(text),
  ...['0.5', '-0', '1e400', '-1e400', '1e-400', '1E5', '2147483648', '4294967296', '9007199254740993'],
  ...[
    '9223372036854775807',
    '9223372036854775808',
    '-9223372036854775809',
    `1${'0'.repeat(1000)}`,
    `-1${'0'.repeat(39)}`,
  ],
  ...[
    'NaN',
    'Infinity',
    '5',
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udfff\ud800',
    '\ufeff',
    '\u2028',
    '💥',
    '%',
    "'",
    '"',
    '\\',
  ].map(text),
  ...['"\\u0000"', '"\\ud800"', '"a\\udc00b"', '"\\u0061\\/"', '"\u007f"'],
  ...['x'.repeat(400), 'x'.repeat(2_000), 'é'.repeat(1_000), '💥'.repeat(300), 'x'.repeat(300_000)].map(text),
  ...['0000-01-01 00:00:00', '0001-01-01 00:00:00', '0001-01-01T00:00:00+23:59', '1969-12-31 23:59:59.999999'].map(
    text,
  ),
  ...['9999-12-31 23:59:59.999999', '9999-12-31 23:59:59-23:59', '99999-01-01 00:00:00', '2255-06-05 23:47:35'].map(
    text,
  ),
  ...['2026-02-31 00:00:00', '2026-11-23 20:05:38', '2026-11-23 20:05:38+99:99', '2026-11-23T20:05:38.9999999999'].map(
    text,
  ),
  ...['compute.instance.exists', 'compute.instance.create.end', 'compute.instance.delete.end', 'image.exists'].map(
    text,
  ),
  ...['image.activate', 'image.delete', '.start', '.end', '.', ':', '__proto__', 'constructor', 'toString'].map(text),
  ...['{"__proto__":{"event_type":"polluted"}}', '{"__proto__":null}', '{"constructor":{"prototype":1}}'],
  ...['{"toString":1,"valueOf":2}', '{"toJSON":1}', '{"then":1}', '{"length":1e9}', '{"hasOwnProperty":1}'],
  ...['{"isLosslessNumber":true,"value":"1e9"}', '{"a":1,"a":2}', '{"id":1,"id":{"id":2}}', '{"":""}'],
  ...[
    '[{"network_name":{"toString":1},"out_bytes":1}]',
    '[{"id":"i","created_at":"2026-11-23 20:05:38","size":1e400}]',
  ],
  ...[50, 95, 120].flatMap((depth) => [
    '['.repeat(depth) + ']'.repeat(depth),
    `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`,
  ]),
]

/** Keys that normalizing reads: most mutations change these. */
const relevantKey = new RegExp(
  '^(?:event_type|publisher_id|message_id|timestamp|payload|priority|_context_(?:request_id|timestamp|user_id|project_id)|' +
    'oslo\\.(?:version|message)|nova_object\\.(?:name|data)|instance_(?:uu)?id|uuid|id|tenant_id|owner|state|old_state|' +
    '(?:new|old)_task_state|state_update|launched_at|terminated_at|deleted_at|created_at|audit_period(?:_beginning|_ending)?|' +
    'instance_type(?:_id)?|instance_flavor_id|flavor|flavorid|memory_mb|message|bandwidth|exception|image_meta|images|size|host)$',
)

type Path = (string | number)[]

function pathsOf(value: Json, path: Path = []): Path[] {
  const inside = Array.isArray(value)
    ? value.flatMap((item, index) => pathsOf(item, [...path, index]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]))
      : []
  return [...(path.length > 0 ? [path] : []), ...inside]
}

/** A change of the value at a path. Values are JSON text, which can express more than JavaScript values. */
type Edit = { kind: 'replace' | 'beside' | 'twice'; value: string } | { kind: 'remove' | 'wrap' }

/** The value as JSON text, with the edit applied at `path`. */
function edited(value: Json, path: Path, edit: Edit): string {
  const [step, ...rest] = path
  if (step === undefined)
    return edit.kind === 'replace' ? edit.value : edit.kind === 'wrap' ? `[${text(value)}]` : text(value)
  const last = rest.length === 0
  if (Array.isArray(value)) {
    const items = value.map((item, index) => (index === step ? edited(item, rest, edit) : text(item)))
    return `[${items.filter((_, index) => !(last && index === step && edit.kind === 'remove')).join(',')}]`
  }
  if (typeof value !== 'object' || value === null) return text(value)
  const members = Object.entries(value).flatMap(([key, item]) => {
    const member = (content: string) => `${text(key)}:${content}`
    if (key !== step) return [member(text(item))]
    if (!last || edit.kind === 'replace' || edit.kind === 'wrap') return [member(edited(item, rest, edit))]
    if (edit.kind === 'twice') return [member(text(item)), member(edit.value)]
    if (edit.kind === 'beside') return [member(text(item)), `"__proto__":${edit.value}`, `"toString":${edit.value}`]
    return []
  })
  return `{${members.join(',')}}`
}

const edits: fc.Arbitrary<Edit> = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...hostileValues).map((value) => ({ kind: 'replace', value }) as const) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 3 }).map((value) => ({ kind: 'replace', value }) as const) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('beside' as const, 'twice' as const), fc.constantFrom(...hostileValues))
      .map(([kind, value]) => ({ kind, value }) as const),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'remove' } as const, { kind: 'wrap' } as const) },
)

/** Changes of the bytes, by name. `place` and `byte` are arbitrary numbers. */
const onBytes: Record<string, (body: Buffer, place: number, byte: number) => Buffer> = {
  truncated: (body, place) => body.subarray(0, place % (body.length + 1)),
  'a byte changed': (body, place, byte) => {
    const changed = Buffer.from(body)
    if (changed.length > 0) changed[place % changed.length] = byte
    return changed
  },
  'a byte more': (body, place, byte) => {
    const cut = place % (body.length + 1)
    return Buffer.concat([body.subarray(0, cut), Buffer.from([byte]), body.subarray(cut)])
  },
  'UTF-16': (body) => Buffer.from(`\ufeff${body}`, 'utf16le'),
  'UTF-16 without a mark': (body) => Buffer.from(body.toString(), 'utf16le'),
  'latin 1': (body) => Buffer.concat([body.subarray(0, -1), Buffer.from(',"ü":"ö"}', 'latin1')]),
  'a byte order mark': (body) => Buffer.from(`\ufeff${body}`),
  gzip: (body) => gzipSync(body),
  empty: () => Buffer.alloc(0),
  'in an array': (body) => Buffer.from(`[${body}]`),
  'in a string': (body) => Buffer.from(text(body.toString())),
  'in a second envelope': (body) => Buffer.from(text({ 'oslo.version': '2.0', 'oslo.message': body.toString() })),
  'twice in a row': (body) => Buffer.concat([body, body]),
}

/** Events that the folds use most; half of the generated messages have one of them. */
const folded =
  /exists|audit|(?:create|delete|rebuild|rescue|finish_resize|unshelve|resize_finish)\.(?:start|end)|image\./

/** Recorded messages with up to three changed values, or with changed bytes. */
export function mutated(messages: readonly CapturedMessage[]): fc.Arbitrary<MutatedMessage> {
  const rich = messages.filter(({ body }) => folded.test(body.toString()))
  const real = fc.oneof(fc.constantFrom(...messages), fc.constantFrom(...(rich.length > 0 ? rich : messages)))
  const values = fc
    .tuple(real, fc.array(fc.tuple(fc.nat(), fc.nat(), edits), { minLength: 1, maxLength: 3 }))
    .map(([message, changes]) => changes.reduce<MutatedMessage>(withChange, { ...message, mutation: '' }))
  const bytes = fc
    .tuple(real, fc.constantFrom(...Object.keys(onBytes)), fc.nat(), fc.nat(255))
    .map(([message, name, place, byte]) => ({
      ...message,
      body: onBytes[name]?.(message.body, place, byte) ?? message.body,
      mutation: name,
    }))
  return fc.oneof({ weight: 5, arbitrary: values }, { weight: 1, arbitrary: bytes }).map((message) => ({
    ...message,
    [fc.toStringMethod]: () => `${message.mutation} of ${message.body.toString().slice(0, 400)}…`,
  }))
}

/** Applies one edit, unless an earlier edit made the message unreadable. */
function withChange(message: MutatedMessage, [where, which, edit]: [number, number, Edit]): MutatedMessage {
  try {
    const outer: Json = JSON.parse(message.body.toString())
    const enveloped =
      typeof outer === 'object' && outer !== null && !Array.isArray(outer) && typeof outer['oslo.message'] === 'string'
    // One edit in ten changes the envelope itself.
    const inner: Json = enveloped && where % 10 > 0 ? JSON.parse(String(outer['oslo.message'])) : outer
    const paths = pathsOf(inner)
    const relevant = paths.filter((path) => relevantKey.test(String(path.at(-1))))
    const candidates = where % 3 > 0 && relevant.length > 0 ? relevant : paths
    const path = candidates[which % candidates.length] ?? []
    const changed = edited(inner, path, edit)
    const body = inner === outer ? changed : text({ ...(outer as object), 'oslo.message': changed })
    return { ...message, body: Buffer.from(body), mutation: `${message.mutation}${edit.kind} ${path.join(' > ')}; ` }
  } catch {
    return message
  }
}
