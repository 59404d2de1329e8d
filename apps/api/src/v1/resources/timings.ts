import { type DurationFigures, listTimings, slowestTimings, timingStatistics } from '@stacktach/db'
import { HttpError, textParameter } from '@stacktach/http'
import { z } from 'zod'
import { defineResource } from '../defineResource.ts'
import { limit } from '../parameters.ts'
import { countOf, rowNumber, seconds, time, toSeconds, toTime } from '../values.ts'

const figures = {
  count: countOf,
  median: seconds,
  p95: seconds,
  p99: seconds,
  max: seconds,
}

function toFigures({ count, median, p95, p99, max }: Omit<DurationFigures, 'buckets'>) {
  return { count, median: toSeconds(median), p95: toSeconds(p95), p99: toSeconds(p99), max: toSeconds(max) }
}

export const timingList = defineResource({
  path: 'timings',
  summary: 'Durations of all finished operations by name; percentiles are at most 4.5 % too long',
  access: 'all',
  parameters: {},
  answer: z
    .object({ items: z.array(z.object({ name: z.string(), ...figures }).meta({ id: 'TimingFigures' })) })
    .meta({ id: 'Timings' }),
  load: async ({ db }) => ({
    items: (await listTimings(db)).map((row) => ({ name: row.name, ...toFigures(row) })),
  }),
})

const histogram = z
  .array(
    z.object({
      from: seconds,
      until: seconds.nullable().meta({ description: 'Exclusive; null: no limit.' }),
      count: countOf,
    }),
  )
  .meta({ id: 'Histogram', description: 'Only ranges with a timing, shortest first. Their width is about 4.5 %.' })

function toHistogram({ buckets }: DurationFigures): z.infer<typeof histogram> {
  return buckets.map(({ from, until, count }) => ({
    from: toSeconds(from),
    until: Number.isFinite(until) ? toSeconds(until) : null,
    count,
  }))
}

export const timingsOfOneName = defineResource({
  path: 'timings/:name',
  summary: 'Durations of the operations of a name: percentiles, histogram, by deployment, and the slowest',
  access: 'all',
  parameters: {
    name: textParameter.meta({ description: 'Event without .start or .end.', examples: ['compute.instance.create'] }),
    limit: limit.meta({ description: 'Number of slowest timings.' }),
  },
  answer: z
    .object({
      name: z.string(),
      ...figures,
      histogram,
      by_deployment: z.array(z.object({ deployment: z.string().nullable(), ...figures, histogram })),
      slowest: z.array(
        z.object({
          id: rowNumber,
          instance: z.string(),
          request_id: z.string(),
          started_at: time,
          ended_at: time,
          duration: seconds,
          deployment: z.string().nullable(),
        }),
      ),
    })
    .meta({ id: 'TimingsOfName' }),
  load: async ({ db }, { name, limit }) => {
    const [statistics, slowest] = await Promise.all([
      timingStatistics(db, { name }),
      slowestTimings(db, { name, limit }),
    ])
    if (statistics === null) throw new HttpError(404, `No operation ${name} has finished`)
    return {
      name,
      ...toFigures(statistics),
      histogram: toHistogram(statistics),
      by_deployment: statistics.byDeployment.map((own) => ({
        deployment: own.deployment,
        ...toFigures(own),
        histogram: toHistogram(own),
      })),
      slowest: slowest.map(({ id, instance, requestId, start, end, duration, deployment }) => ({
        id,
        instance,
        request_id: requestId,
        started_at: toTime(start),
        ended_at: toTime(end),
        duration: toSeconds(duration),
        deployment,
      })),
    }
  },
})
