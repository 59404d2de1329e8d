import { reportKinds } from '@stacktach/domain'
import { z } from 'zod'

/** Where jobs wait; each queue has workers of its own, so that a long report never holds up an aggregation. */
export const queueNames = ['aggregation', 'verification', 'reports', 'maintenance'] as const

export type QueueName = (typeof queueNames)[number]

interface Definition<P extends z.ZodType> {
  queue: QueueName
  /** Ids and periods, never data. */
  payload: P
  /** How often it is tried before it is left for an operator to see; with more than one, delays grow exponentially. */
  attempts: number
  /** Jobs with the same key are one: while one waits no other is added, while one runs one more is. */
  deduplicationId(payload: z.output<P>): string
  /** Whether it may wait for those that somebody waits for. */
  lowPriority?(payload: z.output<P>): boolean
}

function job<P extends z.ZodType>(definition: Definition<P>): Definition<P> {
  return definition
}

const shard = z.object({ shard: z.number().int().min(0) })

/** Microseconds of unix time, the end excluded. */
const period = z.object({ from: z.number().int(), until: z.number().int() })

/** Which exists to verify. */
const verification = z.object({
  /** By the end of their audit period, microseconds of unix time, inclusive, null is open; no range at all: what is due. */
  range: z.object({ from: z.number().int().nullable(), to: z.number().int().nullable() }).nullable(),
  /** Also those of the range that have a verdict. */
  again: z.boolean(),
})

function verificationKey({ range, again }: z.output<typeof verification>): string {
  return range === null ? 'due' : `${range.from}-${range.to}-${again}`
}

/** In percent. */
export const percentile = z.number().int().min(1).max(100)

/** Every job there is. The handler of each has its name. */
export const catalog = {
  /**
   * Folds the backlog of a shard of instances and images: lifecycles, timings, launches, deletes, exists. A wake-up: it
   * is never retried, since each jobs process rings every shard that has a backlog.
   */
  usage: job({ queue: 'aggregation', payload: shard, attempts: 1, deduplicationId: ({ shard }) => `usage-${shard}` }),
  /** Folds the backlog of a shard of requests into their trackers. A wake-up too. */
  kpi: job({ queue: 'aggregation', payload: shard, attempts: 1, deduplicationId: ({ shard }) => `kpi-${shard}` }),
  /**
   * Verifies nova's exists. A wake-up: what is due is found in the database, by any number of processes at once, and each
   * jobs process rings while there is some.
   */
  'verify-nova': job({
    queue: 'verification',
    payload: verification,
    attempts: 1,
    deduplicationId: (payload) => `verify-nova-${verificationKey(payload)}`,
  }),
  /** Verifies glance's exists, image by image. A wake-up too. */
  'verify-glance': job({
    queue: 'verification',
    payload: verification,
    attempts: 1,
    deduplicationId: (payload) => `verify-glance-${verificationKey(payload)}`,
  }),
  /** Sends what is verified and not sent yet to the broker of the configuration. A wake-up too. */
  'publish-verified': job({
    queue: 'verification',
    payload: z.object({}),
    attempts: 1,
    deduplicationId: () => 'publish-verified',
  }),
  /** Makes one of the reports. */
  report: job({
    queue: 'reports',
    payload: z.object({
      report: z.enum(reportKinds),
      period,
      /** Deployments whose name begins so; empty for all. */
      region: z.string(),
      /** Exactly these deployments instead. */
      deployments: z.array(z.string()).min(1).optional(),
      /** Of region-summary: which one is shown beside the median. */
      percentile: percentile.optional(),
      /** Made only if there is no complete one of the same yet, which is what a schedule asks for. */
      once: z.boolean(),
      /** Made even while its period goes on. */
      inProgress: z.boolean(),
    }),
    attempts: 5,
    // An operator does not wait for all that a schedule makes up for.
    lowPriority: ({ once }) => once,
    deduplicationId: ({ report, period, region, deployments = [], percentile, once, inProgress }) =>
      ['report', report, period.from, period.until, region, ...deployments, percentile, once, inProgress].join('-'),
  }),
  /** Asks for each report that is due by its schedule and not made yet. */
  'due-reports': job({
    queue: 'maintenance',
    payload: z.object({}),
    attempts: 1,
    deduplicationId: () => 'due-reports',
  }),
  /** Stores rejected messages again, from the beginning: with ids only those, else all that are there when it starts. */
  'replay-rejected': job({
    queue: 'maintenance',
    payload: z.object({ ids: z.array(z.number().int().min(1)).min(1).nullable() }),
    attempts: 5,
    deduplicationId: ({ ids }) => `replay-rejected-${ids?.join('-') ?? 'all'}`,
  }),
  /** Makes the partitions of the days to come, so that no notification waits for one. */
  partitions: job({ queue: 'maintenance', payload: z.object({}), attempts: 1, deduplicationId: () => 'partitions' }),
  /** Drops partitions of notifications that are older than they are kept. */
  retention: job({
    queue: 'maintenance',
    payload: z.object({
      /** Those that lie wholly before this instant; null: those that the configuration no longer keeps. */
      before: z.number().int().nullable().default(null),
      /** Null: all services. */
      service: z.enum(['nova', 'glance', 'generic']).nullable().default(null),
    }),
    attempts: 3,
    deduplicationId: ({ before, service }) => `retention-${before ?? 'configured'}-${service ?? 'all'}`,
  }),
}

export type Catalog = typeof catalog
export type JobName = keyof Catalog
export type Payload<N extends JobName> = z.output<Catalog[N]['payload']>

/** Jobs that come by themselves, with the milliseconds between two. */
export const schedules: Partial<Record<JobName, number>> = {
  'due-reports': 10 * 60_000,
  partitions: 60 * 60_000,
  retention: 24 * 60 * 60_000,
}
