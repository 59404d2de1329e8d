import fc from 'fast-check'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { at, notice } from './story.ts'

/** Streams per test: enough to meet every rule many times. TEST_EFFORT multiplies them, for a longer search. */
const RUNS = 70

/**
 * A failed run prints its seed and its path. To repeat it: FOLD_SEED=… FOLD_PATH=… and jest's `-t` with the name of the
 * test. With the seed alone, every test draws the same streams again.
 */
const { FOLD_SEED, FOLD_PATH, TEST_EFFORT } = process.env
export const again = {
  numRuns: Math.ceil(RUNS * Number(TEST_EFFORT || 1)),
  ...(FOLD_SEED === undefined ? {} : { seed: Number(FOLD_SEED) }),
  ...(FOLD_PATH === undefined ? {} : { path: FOLD_PATH }),
}

/** What is said of a notification before it has a place in its stream. */
interface Drawn {
  event: string
  seconds: number
  said: Partial<InstanceNotification>
  facts: NonNullable<InstanceNotification['facts']>
  /** Breaks ties; need not be unique, nor in the order of ids. */
  name: number
  /** Said again under the message id of the notification so many places before. */
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
]
const alone = [...operations.flatMap((name) => [`${name}.start`, `${name}.end`]), 'exists', 'exists', 'update', 'lock']

const second = fc.integer({ min: 0, max: 15 })

/** Few values of each field, so that notifications meet: in a microsecond, a request, a launched_at, an audit period. */
const drawn: fc.Arbitrary<Drawn> = fc
  .record({
    event: fc.constantFrom(...alone),
    seconds: second,
    name: fc.integer({ min: 0, max: 99 }),
    said: fc.record({
      instance: fc.constantFrom('one', 'other', 'third'),
      requestId: fc.constantFrom('', 'req-1', 'req-2', 'req-3'),
      versioned: fc.boolean(),
      state: fc.constantFrom('active', 'building', null),
      service: fc.constantFrom('compute', 'nova-api'),
      userId: fc.constantFrom('user', null),
      deploymentId: fc.constantFrom(1, 2),
    }),
    flavor: fc.constantFrom('small', 'large', undefined),
    type: fc.constantFrom('1', undefined),
    launched: fc.constantFrom(1, 2, 2.5, undefined),
    gone: fc.constantFrom('terminated', 'deleted', undefined),
    period: fc.constantFrom(0, 0.5, 1),
    message: fc.constantFrom(undefined, 'Success', 'Build of instance was re-scheduled'),
  })
  .map(({ flavor, type, launched, gone, period, message, ...rest }) => ({
    ...rest,
    facts: {
      auditPeriodBeginning: at(period),
      auditPeriodEnding: at(period + 10),
      ...(flavor === undefined ? {} : { instanceFlavorId: flavor }),
      ...(type === undefined ? {} : { instanceTypeId: type }),
      ...(message === undefined ? {} : { message }),
      ...(launched === undefined ? {} : { launchedAt: at(launched) }),
      ...(gone === 'terminated' ? { terminatedAt: at(11), deletedAt: at(11.5) } : {}),
      ...(gone === 'deleted' ? { deletedAt: at(12) } : {}),
    },
  }))

/** An operation: its end some seconds after its start, in the same microsecond, or, hosts' clocks differing, before it. */
const operation = fc
  .record({ one: drawn, name: fc.constantFrom(...operations), took: fc.constantFrom(-2, 0, 0, 1, 4) })
  .map(({ one, name, took }): Drawn[] => [
    { ...one, event: `${name}.start` },
    { ...one, event: `${name}.end`, seconds: one.seconds + took },
  ])

/** A request about two instances. */
const spanning = fc
  .tuple(operation, operation)
  .map(([first, second]): Drawn[] => [
    ...first.map((one) => ({ ...one, said: { ...one.said, requestId: 'req-many', instance: 'one' } })),
    ...second.map((one) => ({ ...one, said: { ...one.said, requestId: 'req-many', instance: 'other' } })),
  ])

/** The same said in both formats, the versioned one a little before, after, in the same microsecond, or much later. */
const inBothFormats = fc
  .record({
    told: fc.oneof(
      operation,
      drawn.map((one) => [one]),
    ),
    later: fc.constantFrom(-0.01, 0, 0.01, 5),
  })
  .map(({ told, later }): Drawn[] =>
    told.flatMap((one) => [
      { ...one, said: { ...one.said, versioned: false } },
      { ...one, said: { ...one.said, versioned: true }, seconds: one.seconds + later },
    ]),
  )

/** An exists, and another under its message id. */
const saidAgain = fc.tuple(drawn, drawn).map(([one, again]): Drawn[] => [
  { ...one, event: 'exists' },
  { ...again, event: 'exists', said: one.said, repeats: 1 },
])

/** A delete that is told twice, as it is when a host does it again after a crash. */
const deletedAgain = fc.tuple(drawn, second).map(([one, later]): Drawn[] => {
  const end = { ...one, event: 'delete.end', facts: { ...one.facts, launchedAt: at(1), terminatedAt: at(11) } }
  return [end, { ...end, seconds: later }]
})

/** Two operations of one request that end in the same microsecond. */
const endedAtOnce = fc.tuple(operation, operation, second).map(([first, other, end]): Drawn[] =>
  [...first, ...other].map((one) => ({
    ...one,
    seconds: one.event.endsWith('.end') ? end : end - 1,
    said: { ...one.said, versioned: false, userId: 'user', service: 'nova-api', requestId: 'req-1' },
  })),
)

/** Several things in one microsecond. */
const atOnce = fc
  .tuple(fc.array(drawn, { minLength: 2, maxLength: 4 }), second)
  .map(([all, seconds]): Drawn[] => all.map((one) => ({ ...one, seconds, said: { ...one.said, instance: 'one' } })))

const episode = fc.oneof(
  { weight: 3, arbitrary: drawn.map((one): Drawn[] => [one]) },
  { weight: 3, arbitrary: operation },
  { weight: 2, arbitrary: inBothFormats },
  { weight: 1, arbitrary: spanning },
  { weight: 1, arbitrary: saidAgain },
  { weight: 1, arbitrary: deletedAgain },
  { weight: 1, arbitrary: endedAtOnce },
  { weight: 1, arbitrary: atOnce },
)

function written(all: readonly Drawn[]): InstanceNotification[] {
  const stream: InstanceNotification[] = []
  for (const { event, seconds, said, facts, name, repeats } of all) {
    const id = stream.length + 1
    const again = repeats === undefined ? undefined : stream[stream.length - repeats]
    const own = `message-${name}-${id}`
    const messageId = again?.dedupKey ?? own
    const identity = `${messageId}\tcloud-${said.deploymentId}`
    // Stored once: a notification is its identity and its time.
    if (again !== undefined && again.when === at(seconds)) continue
    stream.push(notice(event, seconds, { id, identity, messageId, dedupKey: messageId, ...said }, facts))
  }
  return stream
}

/** What a cloud may say of three instances, as it comes: about twenty notifications, in no order. */
export const cloud: fc.Arbitrary<InstanceNotification[]> = fc
  .array(episode, { minLength: 1, maxLength: 12 })
  .map((episodes) => written(episodes.flat()))

export function shuffled<T>(items: fc.Arbitrary<T[]>): fc.Arbitrary<T[]> {
  return items.chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))
}

/** Some of them once more, at places of their own. */
export function partlyDoubled<T>(items: fc.Arbitrary<T[]>): fc.Arbitrary<T[]> {
  return items.chain((all) =>
    fc
      .subarray(all, { maxLength: Math.ceil(all.length / 3) })
      .chain((again) => fc.shuffledSubarray([...all, ...again], { minLength: all.length + again.length })),
  )
}

/** The same, cut into pieces at random places. */
export function inPieces<T>(items: fc.Arbitrary<T[]>): fc.Arbitrary<T[][]> {
  return items.chain((all) =>
    fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }).map((cuts) =>
      all.reduce<T[][]>((pieces, item, index) => {
        const piece = pieces.at(-1)
        if (piece === undefined || cuts[index] === true) pieces.push([item])
        else piece.push(item)
        return pieces
      }, []),
    ),
  )
}
