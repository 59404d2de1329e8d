import fc from 'fast-check'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { randomCases } from './randomCases.ts'
import { at, novaEvent } from './story.ts'

/** Streams per test: each rule is applied about ten times or more. */
const RUNS = 20

/**
 * A failed run prints its seed and path. To repeat it, set FOLD_SEED and FOLD_PATH, and select the test with jest's `-t`.
 * With FOLD_SEED alone, each test generates the same streams again.
 */
const { FOLD_SEED, FOLD_PATH } = process.env
export const runOptions = {
  numRuns: randomCases(RUNS),
  ...(FOLD_SEED === undefined ? {} : { seed: Number(FOLD_SEED) }),
  ...(FOLD_PATH === undefined ? {} : { path: FOLD_PATH }),
}

/** A notification before it has an id in its stream. */
interface Draft {
  event: string
  seconds: number
  fields: Partial<InstanceNotification>
  facts: NonNullable<InstanceNotification['facts']>
  /** Part of the identity, which breaks ties. It need not be unique or in the order of ids. */
  name: number
  /** Has the message id of the notification that is `repeats` places before it in the stream. */
  repeats?: number
}

const operations = [
  'create',
  'rebuild',
  'rescue',
  'resize.prep',
  'finish_resize',
  'resize.revert',
  'unshelve',
  'delete',
  'soft_delete',
  'force_delete',
  'restore',
]
const events = [
  ...operations.flatMap((name) => [`${name}.start`, `${name}.end`]),
  'create.error',
  'rescue.error',
  'exists',
  'exists',
  'update',
  'lock',
]

const second = fc.integer({ min: 0, max: 15 })

/** Few values of each field, so that notifications often share a time, request, launched_at or audit period. */
const draft: fc.Arbitrary<Draft> = fc
  .record({
    event: fc.constantFrom(...events),
    seconds: second,
    name: fc.integer({ min: 0, max: 99 }),
    fields: fc.record({
      instance: fc.constantFrom('one', 'other', 'third'),
      requestId: fc.constantFrom('', 'req-1', 'req-2', 'req-3'),
      versioned: fc.boolean(),
      state: fc.constantFrom('active', 'building', null),
      service: fc.constantFrom('compute', 'nova-api'),
      userId: fc.constantFrom('user', null),
      deploymentId: fc.constantFrom(1, 2),
    }),
    flavor: fc.constantFrom('small', 'large', undefined),
    flavorName: fc.constantFrom('m1.small', undefined),
    error: fc.constantFrom('No valid host', 'Timed out'),
    type: fc.constantFrom('1', undefined),
    launchedAt: fc.constantFrom(1, 2, 2.5, undefined),
    deletion: fc.constantFrom('terminated', 'deleted', undefined),
    period: fc.constantFrom(0, 0.5, 1),
    message: fc.constantFrom(undefined, 'Success', 'Build of instance was re-scheduled'),
  })
  .map(({ flavor, flavorName, type, launchedAt, deletion, period, message, error, ...rest }) => ({
    ...rest,
    facts: {
      auditPeriodBeginning: at(period),
      auditPeriodEnding: at(period + 10),
      ...(flavor === undefined ? {} : { instanceFlavorId: flavor }),
      ...(flavorName === undefined ? {} : { flavorName }),
      ...(rest.event.endsWith('.error') ? { error } : {}),
      ...(type === undefined ? {} : { instanceTypeId: type }),
      ...(message === undefined ? {} : { message }),
      ...(launchedAt === undefined ? {} : { launchedAt: at(launchedAt) }),
      ...(deletion === 'terminated' ? { terminatedAt: at(11), deletedAt: at(11.5) } : {}),
      ...(deletion === 'deleted' ? { deletedAt: at(12) } : {}),
    },
  }))

/** An operation. Its end is seconds after its start, in the same microsecond, or before it (clocks differ). */
const operation = fc
  .record({ start: draft, name: fc.constantFrom(...operations), duration: fc.constantFrom(-2, 0, 0, 1, 4) })
  .map(({ start, name, duration }): Draft[] => [
    { ...start, event: `${name}.start` },
    { ...start, event: `${name}.end`, seconds: start.seconds + duration },
  ])

/** A request with two instances. */
const spanningRequest = fc
  .tuple(operation, operation)
  .map(([first, second]): Draft[] => [
    ...first.map((item) => ({ ...item, fields: { ...item.fields, requestId: 'req-many', instance: 'one' } })),
    ...second.map((item) => ({ ...item, fields: { ...item.fields, requestId: 'req-many', instance: 'other' } })),
  ])

/**
 * The same notifications in both formats. The versioned one is in the same microsecond, slightly before or after, or
 * much later.
 */
const inBothFormats = fc
  .record({
    drafts: fc.oneof(
      operation,
      draft.map((item) => [item]),
    ),
    delay: fc.constantFrom(-0.01, 0, 0.01, 5),
  })
  .map(({ drafts, delay }): Draft[] =>
    drafts.flatMap((item) => [
      { ...item, fields: { ...item.fields, versioned: false } },
      { ...item, fields: { ...item.fields, versioned: true }, seconds: item.seconds + delay },
    ]),
  )

/** An exists, and another one with its message id. */
const repeatedExists = fc.tuple(draft, draft).map(([first, second]): Draft[] => [
  { ...first, event: 'exists' },
  { ...second, event: 'exists', fields: first.fields, repeats: 1 },
])

/** A delete that a host repeats after a crash. */
const repeatedDelete = fc.tuple(draft, second).map(([base, later]): Draft[] => {
  const end = { ...base, event: 'delete.end', facts: { ...base.facts, launchedAt: at(1), terminatedAt: at(11) } }
  return [end, { ...end, seconds: later }]
})

/** A delete that nova-compute ends in another request after a crash. */
const crashedDelete = fc.tuple(draft, second).map(([base, later]): Draft[] => {
  const fields = { ...base.fields, versioned: false }
  return [
    { ...base, event: 'delete.start', fields: { ...fields, requestId: 'req-crashed' } },
    { ...base, event: 'delete.end', fields: { ...fields, requestId: 'req-later' }, seconds: base.seconds + later },
  ]
})

/** A soft delete that is restored, reclaimed, or both, in any order. */
const softDelete = fc
  .record({
    base: draft,
    others: fc.array(
      fc.record({ name: fc.constantFrom('restore', 'delete', 'soft_delete', 'force_delete'), seconds: second }),
      { maxLength: 3 },
    ),
  })
  .map(({ base, others }): Draft[] => {
    const facts = { ...base.facts, launchedAt: at(1), deletedAt: at(9) }
    const { terminatedAt, ...softFacts } = facts
    return [
      { ...base, event: 'soft_delete.end', facts: softFacts },
      ...others.map(({ name, seconds }) => ({
        ...base,
        event: `${name}.end`,
        seconds: base.seconds + seconds,
        facts: name === 'delete' ? { ...facts, terminatedAt: terminatedAt ?? at(13) } : softFacts,
      })),
    ]
  })

/** Two operations of one request that end in the same microsecond. */
const simultaneousEnds = fc.tuple(operation, operation, second).map(([first, other, end]): Draft[] =>
  [...first, ...other].map((item) => ({
    ...item,
    seconds: item.event.endsWith('.end') ? end : end - 1,
    fields: { ...item.fields, versioned: false, userId: 'user', service: 'nova-api', requestId: 'req-1' },
  })),
)

/** An operation without a user, and a later update of its request by an api service, which is too late a start. */
const lateStart = operation.map((edges): Draft[] => {
  const fields = { instance: 'one', requestId: 'req-late', versioned: false }
  const update = edges.map((item) => ({
    ...item,
    event: 'update',
    seconds: item.seconds + 10,
    fields: { ...item.fields, ...fields, userId: 'user', service: 'nova-api' },
  }))
  return [
    ...edges.map((item) => ({ ...item, fields: { ...item.fields, ...fields, userId: null, service: 'compute' } })),
    ...update.slice(0, 1),
  ]
})

/** An operation with errors: of its event or of a function, once or repeated, then perhaps another attempt or its end. */
const failedOperation = fc
  .record({
    edges: operation,
    further: fc.array(
      fc.record({
        event: fc.constantFrom('start', 'end', 'error', 'error', 'exception', 'exception'),
        seconds: fc.integer({ min: 0, max: 3 }),
        error: fc.constantFrom('No valid host', 'Timed out'),
        host: fc.constantFrom('host-1', 'host-2', null),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ edges, further }): Draft[] =>
    edges.slice(0, 1).flatMap((start) => [
      start,
      ...further.map(({ event, seconds, error, host }) => ({
        ...start,
        event: event === 'exception' ? 'exception' : start.event.replace('start', event),
        seconds: start.seconds + seconds,
        fields: { ...start.fields, host },
        facts: event === 'start' || event === 'end' ? start.facts : { ...start.facts, error },
      })),
    ]),
  )

/** A create that ends without a launch. */
const abortedCreate = operation.map((edges): Draft[] =>
  edges.map(({ facts: { launchedAt, ...facts }, ...item }, index) => ({
    ...item,
    event: `create.${index === 0 ? 'start' : 'end'}`,
    facts: { ...facts, message: 'Build of instance was aborted' },
  })),
)

/** The scheduling of two instances: its start names one of them, its end the other one. */
const scheduling = fc.record({ edges: operation, both: fc.boolean() }).map(({ edges, both }): Draft[] =>
  edges.flatMap((item, index) => [
    {
      ...item,
      fields: {
        ...item.fields,
        event: `scheduler.select_destinations.${index === 0 ? 'start' : 'end'}`,
        ...(index === 1 && !both && { instance: 'third' }),
      },
    },
    { ...item, seconds: item.seconds + 1 },
  ]),
)

/** Several notifications in one microsecond. */
const simultaneousEvents = fc
  .tuple(fc.array(draft, { minLength: 2, maxLength: 4 }), second)
  .map(([all, seconds]): Draft[] =>
    all.map((item) => ({ ...item, seconds, fields: { ...item.fields, instance: 'one' } })),
  )

const episode = fc.oneof(
  { weight: 3, arbitrary: draft.map((item): Draft[] => [item]) },
  { weight: 3, arbitrary: operation },
  { weight: 2, arbitrary: inBothFormats },
  { weight: 1, arbitrary: spanningRequest },
  { weight: 1, arbitrary: repeatedExists },
  { weight: 1, arbitrary: repeatedDelete },
  { weight: 1, arbitrary: crashedDelete },
  { weight: 1, arbitrary: softDelete },
  { weight: 1, arbitrary: simultaneousEnds },
  { weight: 1, arbitrary: lateStart },
  { weight: 2, arbitrary: failedOperation },
  { weight: 1, arbitrary: abortedCreate },
  { weight: 1, arbitrary: scheduling },
  { weight: 1, arbitrary: simultaneousEvents },
)

function toStream(drafts: readonly Draft[]): InstanceNotification[] {
  const stream: InstanceNotification[] = []
  for (const { event, seconds, fields, facts, name, repeats } of drafts) {
    const id = stream.length + 1
    const original = repeats === undefined ? undefined : stream[stream.length - repeats]
    const messageId = original?.dedupKey ?? `message-${name}-${id}`
    const identity = `${messageId}\tcloud-${fields.deploymentId}`
    // A duplicate (the same identity and time) is stored once.
    if (original !== undefined && original.when === at(seconds)) continue
    stream.push(novaEvent(event, seconds, { id, identity, messageId, dedupKey: messageId, ...fields }, facts))
  }
  return stream
}

/** Random streams of about twenty notifications of three instances, in random order. */
export const cloud: fc.Arbitrary<InstanceNotification[]> = fc
  .array(episode, { minLength: 1, maxLength: 12 })
  .map((episodes) => toStream(episodes.flat()))

/** Permutations of the items. */
export function shuffled<T>(items: fc.Arbitrary<T[]>): fc.Arbitrary<T[]> {
  return items.chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
}

/** Permutations in which some items occur twice. */
export function withDuplicates<T>(items: fc.Arbitrary<T[]>): fc.Arbitrary<T[]> {
  return items.chain((all) =>
    fc
      .subarray(all, { maxLength: Math.ceil(all.length / 3) })
      .chain((duplicates) =>
        fc.shuffledSubarray([...all, ...duplicates], { minLength: all.length + duplicates.length }),
      ),
  )
}

/** The items in consecutive batches of random sizes. */
export function inBatches<T>(items: fc.Arbitrary<T[]>): fc.Arbitrary<T[][]> {
  return items.chain((all) =>
    fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }).map((cuts) =>
      all.reduce<T[][]>((batches, item, index) => {
        const batch = batches.at(-1)
        if (batch === undefined || cuts[index] === true) batches.push([item])
        else batch.push(item)
        return batches
      }, []),
    ),
  )
}
