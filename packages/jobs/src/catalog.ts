import { reportKinds } from '@stacktach/domain'
import { z } from 'zod'

/** Each queue has its own workers, so that a long report never delays an aggregation. */
export const queueNames = ['aggregation', 'verification', 'reports', 'maintenance'] as const

export type QueueName = (typeof queueNames)[number]

interface Definition<P extends z.ZodType> {
  queue: QueueName
  /** Ids and periods, never data. */
  payload: P
  /** Attempts before the job fails permanently; retries back off exponentially. 1 makes it a wake-up. */
  attempts: number
  /** Jobs with the same key are deduplicated: none is added while one is pending, one more while one is active. */
  deduplicationId(payload: z.output<P>): string
  /** Whether jobs requested by an operator run first. */
  lowPriority?(payload: z.output<P>): boolean
}

function job<P extends z.ZodType>(definition: Definition<P>): Definition<P> {
  return definition
}

const shard = z.object({ shard: z.number().int().min(0) })

/** Microseconds of unix time, `until` exclusive. */
const period = z.object({ from: z.number().int(), until: z.number().int() })

const verification = z.object({
  /** Ends of audit periods, `until` exclusive; null bounds are open. Without a range: all due exists. */
  range: z.object({ from: z.number().int().nullable(), until: z.number().int().nullable() }).nullable(),
  /** Also exists of the range that already have a verdict. */
  again: z.boolean(),
})

function verificationKey({ range, again }: z.output<typeof verification>): string {
  return range === null ? 'due' : `${range.from}-${range.until}-${again}`
}

/** In percent. */
export const percentile = z.number().int().min(1).max(100)

/** All jobs. */
export const catalog = {
  /**
   * Folds the backlog of a shard of instances and images: lifecycles, timings, launches, deletes, exists. A wake-up: it
   * is never retried, since each jobs process enqueues wake-ups for every shard that has a backlog.
   */
  usage: job({ queue: 'aggregation', payload: shard, attempts: 1, deduplicationId: ({ shard }) => `usage-${shard}` }),
  /** Folds the backlog of a shard of requests into their trackers. Also a wake-up. */
  kpi: job({ queue: 'aggregation', payload: shard, attempts: 1, deduplicationId: ({ shard }) => `kpi-${shard}` }),
  /**
   * Verifies nova's exists. A wake-up: any number of processes claim due exists in the database at once, and each jobs
   * process enqueues wake-ups while some are due.
   */
  'verify-nova': job({
    queue: 'verification',
    payload: verification,
    attempts: 1,
    deduplicationId: (payload) => `verify-nova-${verificationKey(payload)}`,
  }),
  /** Verifies glance's exists, image by image. Also a wake-up. */
  'verify-glance': job({
    queue: 'verification',
    payload: verification,
    attempts: 1,
    deduplicationId: (payload) => `verify-glance-${verificationKey(payload)}`,
  }),
  /** Sends unsent outbox messages to the configured broker. Also a wake-up. */
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
      /** Prefix of the deployments' names; empty for all. */
      region: z.string(),
      /** Names of deployments, instead of a region. */
      deployments: z.array(z.string()).min(1).optional(),
      /** The percentile that region-summary shows beside the median. */
      percentile: percentile.optional(),
      /** Made only if no complete report of the same subject exists; set by schedules. */
      once: z.boolean(),
      /** Made even if its period has not ended. */
      inProgress: z.boolean(),
    }),
    attempts: 5,
    // An operator's report runs before scheduled ones.
    lowPriority: ({ once }) => once,
    deduplicationId: ({ report, period, region, deployments = [], percentile, once, inProgress }) =>
      ['report', report, period.from, period.until, region, ...deployments, percentile, once, inProgress].join('-'),
  }),
  /** Enqueues each scheduled report that is due and not made yet. */
  'due-reports': job({
    queue: 'maintenance',
    payload: z.object({}),
    attempts: 1,
    deduplicationId: () => 'due-reports',
  }),
  /** Stores rejected messages again: those with the given ids, or all that exist when it starts. */
  'replay-rejected': job({
    queue: 'maintenance',
    payload: z.object({ ids: z.array(z.number().int().min(1)).min(1).nullable() }),
    attempts: 5,
    deduplicationId: ({ ids }) => `replay-rejected-${ids?.join('-') ?? 'all'}`,
  }),
  /** Creates the partitions of the coming days in advance. */
  partitions: job({ queue: 'maintenance', payload: z.object({}), attempts: 1, deduplicationId: () => 'partitions' }),
  /** Drops partitions of notifications that are older than the retention. */
  retention: job({
    queue: 'maintenance',
    payload: z.object({
      /** Drops partitions entirely before this instant; null: before the configured retention. */
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

/** Recurring jobs and their interval in ms. */
export const schedules: Partial<Record<JobName, number>> = {
  'due-reports': 10 * 60_000,
  partitions: 60 * 60_000,
  retention: 24 * 60 * 60_000,
}
