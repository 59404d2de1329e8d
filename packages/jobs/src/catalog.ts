import { reportKinds } from '@stacktach/domain'
import { z } from 'zod'

/** Each queue has its own workers, so that a long report never delays an aggregation. */
export const queueNames = ['aggregation', 'verification', 'webhooks', 'reports', 'maintenance'] as const

export type QueueName = (typeof queueNames)[number]

interface JobOptions<P> {
  queue: QueueName
  /** Attempts before the job fails permanently; retries back off exponentially. 1 makes it a wake-up. */
  attempts: number
  /** Jobs with the same id are deduplicated: no second one is pending, but one may be pending while another is active. */
  deduplicationId(payload: P): string
  /** Whether the job yields to those that an operator requested. */
  lowPriority?(payload: P): boolean
}

interface Schemas<P extends z.ZodType, R extends z.ZodType> {
  /** Ids and periods, never data. */
  payload: P
  /** Result of the handler, as stored in Redis. */
  result: R
}

type Definition<P extends z.ZodType, R extends z.ZodType> = JobOptions<z.output<P>> & Schemas<P, R>

function job<P extends z.ZodType, R extends z.ZodType>(definition: Definition<P, R>): Definition<P, R> {
  return definition
}

const count = z.number().int().min(0)

const shard = z.object({ shard: count })

/** Folded rows of the backlog. */
const folded = z.object({ folded: count })

/** Microseconds of unix time, `until` exclusive. */
const period = z.object({ from: z.number().int(), until: z.number().int() })

const verification = z.object({
  /** Ends of audit periods, `until` exclusive; null bounds are open. Without a range: all due exists. */
  range: z.object({ from: z.number().int().nullable(), until: z.number().int().nullable() }).nullable(),
  /** Also exists of the range that already have a verdict. */
  again: z.boolean(),
})

function verificationId({ range, again }: z.output<typeof verification>): string {
  return range === null ? 'due' : `${range.from}-${range.until}-${again}`
}

/** Verdicts by status; for a range that is verified again, of all its exists. */
const verdicts = z.object({ verified: count, failed: count })

/** Rejected messages by the outcome of their replay. */
const replayCounts = z.object({
  /** New notifications. */
  stored: count,
  /** Valid, but their notification is stored already: it was redelivered in the meantime. */
  duplicates: count,
  /** Still invalid. */
  rejected: count,
  /** Not replayed: only the beginning of the message is stored. */
  truncated: count,
})

/** Progress of the job `replay-rejected`: its counts until now, and the last processed id. */
export const replayProgress = replayCounts.extend({ after: count })

/** Counts of a refold. */
const refoldCounts = z.object({
  /** Notifications read again. */
  notifications: count,
  /** Those whose columns changed. */
  changed: count,
  /** Those that the current rules do not accept; their columns stay. */
  unreadable: count,
  /** Refolded instances, requests and images. */
  instances: count,
  requests: count,
  images: count,
})

/** The steps of a refold, in order. */
export const refoldSteps = ['notifications', 'instances', 'requests', 'images', 'verification'] as const

/** Progress of the job `refold`: its counts until now, its step, and the position in that step. */
export const refoldProgress = refoldCounts.extend({
  step: z.enum(refoldSteps),
  /** Index of the service or the shard. */
  part: count,
  /** The last notification id when this part started; 0 before it starts, and in other steps. */
  upTo: count,
  /** The last processed key of this part. */
  after: z.string(),
})

/** In percent. */
export const percentile = z.number().int().min(1).max(100)

/** All jobs. */
export const catalog = {
  /**
   * Folds the backlog of a shard of instances and images: lifecycles, timings, launches, deletes, exists. A wake-up: it
   * is never retried, since each jobs process enqueues wake-ups for every shard that has a backlog.
   */
  usage: job({
    queue: 'aggregation',
    payload: shard,
    result: folded,
    attempts: 1,
    deduplicationId: ({ shard }) => `usage-${shard}`,
  }),
  /** Folds the backlog of a shard of requests into request trackers. Also a wake-up. */
  kpi: job({
    queue: 'aggregation',
    payload: shard,
    result: folded,
    attempts: 1,
    deduplicationId: ({ shard }) => `kpi-${shard}`,
  }),
  /**
   * Verifies nova's exists. A wake-up: any number of processes can claim due exists at the same time, and each jobs
   * process enqueues wake-ups while exists are due.
   */
  'verify-nova': job({
    queue: 'verification',
    payload: verification,
    result: verdicts,
    attempts: 1,
    deduplicationId: (payload) => `verify-nova-${verificationId(payload)}`,
  }),
  /** Verifies glance's exists, counted by image. Also a wake-up. */
  'verify-glance': job({
    queue: 'verification',
    payload: verification,
    result: verdicts,
    attempts: 1,
    deduplicationId: (payload) => `verify-glance-${verificationId(payload)}`,
  }),
  /** Sends unsent outbox messages to the configured broker. Also a wake-up. */
  'publish-verified': job({
    queue: 'verification',
    payload: z.object({}),
    result: z.object({
      sent: count,
      /** Unroutable messages of the last batch; they stay unsent. */
      unroutable: count,
    }),
    attempts: 1,
    deduplicationId: () => 'publish-verified',
  }),
  /** POSTs the due outbox messages to the webhook. Also a wake-up. Its queue is its own: a slow receiver delays nothing else. */
  'deliver-webhooks': job({
    queue: 'webhooks',
    payload: z.object({}),
    /** Messages that the receiver took, and failed attempts. */
    result: z.object({ delivered: count, failed: count }),
    attempts: 1,
    deduplicationId: () => 'deliver-webhooks',
  }),
  /** Makes one report. */
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
    /** Made, already stored, or refused; a retry of a refused report does not help. */
    result: z.object({
      /** Null if it was already stored, or refused. */
      id: z.number().int().nullable(),
      /** Why it was refused. */
      refused: z.string().optional(),
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
    /** Enqueued reports. */
    result: z.object({ enqueued: count }),
    attempts: 1,
    deduplicationId: () => 'due-reports',
  }),
  /** Stores rejected messages again: those with the given ids, or all that exist when it starts. */
  'replay-rejected': job({
    queue: 'maintenance',
    payload: z.object({ ids: z.array(z.number().int().min(1)).min(1).nullable() }),
    result: replayCounts,
    attempts: 5,
    deduplicationId: ({ ids }) => `replay-rejected-${ids?.join('-') ?? 'all'}`,
  }),
  /**
   * Brings stored data to the current rules: reads the stored notifications again, refolds all instances, requests and
   * images, and verifies all exists again. An attempt resumes where the previous one ended.
   */
  refold: job({
    queue: 'maintenance',
    payload: z.object({}),
    result: refoldCounts.extend({ nova: verdicts, glance: verdicts }),
    // Each stop of a jobs process costs an attempt.
    attempts: 20,
    deduplicationId: () => 'refold',
  }),
  /** Finds instances that existed in an audit period and sent no exists. */
  'find-missing': job({
    queue: 'maintenance',
    payload: z.object({}),
    /** Hosts with missing exists in the audit periods that were examined for the first time. */
    result: z.object({ hosts: count }),
    attempts: 1,
    deduplicationId: () => 'find-missing',
  }),
  /** Closes the days whose usage nova must have reported, and stores corrections of closed days. */
  'close-usage': job({
    queue: 'maintenance',
    payload: z.object({}),
    result: z.object({
      /** Closed days. */
      days: count,
      corrections: count,
      /** Those of usage that the billing system or the broker has. */
      confirmed: count,
    }),
    attempts: 1,
    deduplicationId: () => 'close-usage',
  }),
  /** Creates the partitions of the coming days in advance. */
  partitions: job({
    queue: 'maintenance',
    payload: z.object({}),
    result: z.null(),
    attempts: 1,
    deduplicationId: () => 'partitions',
  }),
  /** Drops partitions of notifications that are older than the retention. */
  retention: job({
    queue: 'maintenance',
    payload: z.object({
      /** Drops partitions entirely before this instant; null: before the configured retention. */
      before: z.number().int().nullable().default(null),
      /** Null: all services. */
      service: z.enum(['nova', 'glance', 'generic']).nullable().default(null),
    }),
    result: z.object({
      /** Names of the dropped partitions. */
      partitions: z.array(z.string()),
      /** Deleted rows of aggregates, by table. */
      aggregates: z.record(z.string(), count),
    }),
    attempts: 3,
    deduplicationId: ({ before, service }) => `retention-${before ?? 'configured'}-${service ?? 'all'}`,
  }),
}

export type Catalog = typeof catalog
export type JobName = keyof Catalog
export type Payload<N extends JobName> = z.output<Catalog[N]['payload']>
export type Result<N extends JobName> = z.output<Catalog[N]['result']>

/** The catalog by name, typed so that the definition of a generic name has the payload and the result of that name. */
const definitions: { [N in JobName]: Definition<z.ZodType<Payload<N>>, z.ZodType<Result<N>>> } = catalog

/** Definition of a job. */
export function jobDefinition<N extends JobName>(name: N): (typeof definitions)[N] {
  return definitions[name]
}

export function isJobName(name: string): name is JobName {
  return Object.hasOwn(catalog, name)
}

export const jobNames = Object.keys(catalog).filter(isJobName)

/** Recurring jobs, with an empty payload. */
export const schedules: readonly { job: JobName; intervalMs: number }[] = [
  { job: 'due-reports', intervalMs: 10 * 60_000 },
  { job: 'find-missing', intervalMs: 5 * 60_000 },
  { job: 'close-usage', intervalMs: 10 * 60_000 },
  { job: 'partitions', intervalMs: 60 * 60_000 },
  { job: 'retention', intervalMs: 24 * 60 * 60_000 },
]
