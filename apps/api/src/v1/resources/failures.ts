import {
  type FailureKey,
  failureGroups,
  failureKeys,
  failuresByHour,
  listFailures,
  type StoredFailure,
} from '@stacktach/db'
import { DAY, type Instant } from '@stacktach/domain'
import { textParameter } from '@stacktach/http'
import { z } from 'zod'
import { defineCursor, microseconds, rowId } from '../cursor.ts'
import { defineResource } from '../defineResource.ts'
import { toPlace } from '../items/usage.ts'
import { pageOf, rowsToRead, toPage } from '../page.ts'
import { describeAfter, instanceId, isoPeriod, limit, optionalText } from '../parameters.ts'
import { countOf, rowNumber, time, toTime } from '../values.ts'

const filters = {
  deployment: optionalText('Name of the deployment.'),
  event: optionalText('Name of the operation, such as compute.instance.create.'),
  error: optionalText('The error, as in the answers.'),
  host: optionalText('Host of the failed attempt.'),
  flavor: optionalText('Name of the flavor.'),
  image: optionalText('Name or id of the image.'),
  instance: instanceId.optional().meta({ description: 'Id of the instance.' }),
  ...isoPeriod('failures (default: the last 24 hours)'),
}

interface Filters {
  event?: string | undefined
  from?: Instant | undefined
  until?: Instant | undefined
}

/** The parameters as conditions of a query. */
function toFilter<Rest extends Filters>({ event, from, until, ...rest }: Rest, now: Instant) {
  return { ...rest, name: event, period: { from: from ?? (until ?? now) - DAY, until: until ?? now + 1 } }
}

/** One or several keys, separated by commas. */
const groupBy = textParameter
  .refine((value) => keysOf(value) !== null, {
    error: `by must be one or several of ${failureKeys.join(', ')}, separated by commas`,
  })
  .transform((value): readonly FailureKey[] => keysOf(value) ?? z.NEVER)
  .default(['event'])
  .meta({ description: `What to group by: ${failureKeys.join(', ')}, separated by commas. Default: event.` })

function keysOf(text: string): readonly FailureKey[] | null {
  const names = text.split(',')
  const keys = failureKeys.filter((key) => names.includes(key))
  return keys.length === names.length ? keys : null
}

const key = z.string().nullable().optional()

const group = z
  .object({
    ...{ event: key, error: key, host: key, flavor: key, image: key },
    count: countOf,
    first: time,
    last: time,
    instances: countOf.meta({ description: 'Number of instances.' }),
    operations: countOf
      .nullable()
      .meta({ description: 'Operations of the period with the same event, host and flavor; null if grouped by none.' }),
  })
  .meta({ id: 'FailureGroup', description: 'Has the members by which it is grouped.' })

export const failureGroupList = defineResource({
  path: 'failures',
  summary: 'Failed attempts in groups, the largest first, and by hour',
  access: 'all',
  parameters: { by: groupBy, ...filters, limit },
  answer: z
    .object({
      from: time,
      until: time,
      groups: z.array(group).meta({ description: 'At most `limit`; failures/list has all failures.' }),
      hours: z
        .array(z.object({ hour: time, count: countOf }))
        .meta({ description: 'Each hour that has a failure, oldest first.' }),
    })
    .meta({ id: 'Failures' }),
  load: async ({ db, now }, { by, limit, ...parameters }) => {
    const filter = toFilter(parameters, now)
    const [groups, hours] = await Promise.all([failureGroups(db, { ...filter, by, limit }), failuresByHour(db, filter)])
    return {
      from: toTime(filter.period.from),
      until: toTime(filter.period.until),
      groups: groups.map(({ key, count, first, last, instances, attempts }) => ({
        ...key,
        count,
        first: toTime(first),
        last: toTime(last),
        instances,
        operations: attempts,
      })),
      hours: hours.map(({ hour, count }) => ({ hour: toTime(hour), count })),
    }
  },
})

const failure = z
  .object({
    id: rowNumber,
    when: time,
    event: z.string().meta({ description: 'Name of the operation.' }),
    error: z.string(),
    instance: z.string(),
    request_id: z.string(),
    deployment: z.string().nullable(),
    tenant: z.string().nullable(),
    host: z.string().nullable(),
    flavor: z.string().nullable(),
    image: z.string().nullable(),
    notification: rowNumber.meta({ description: 'Id of the error notification of nova.' }),
  })
  .meta({ id: 'Failure' })

function toFailure(row: StoredFailure): z.infer<typeof failure> {
  const { id, error, instance, deployment, tenant, host, flavor, image } = row
  return {
    id,
    when: toTime(row.when),
    event: row.name,
    error,
    instance,
    request_id: row.requestId,
    deployment,
    tenant,
    host,
    flavor,
    image,
    notification: row.notificationId,
  }
}

const cursor = defineCursor('failures', z.tuple([microseconds, rowId]))

export const failureList = defineResource({
  path: 'failures/list',
  summary: 'Failed attempts, newest first',
  access: 'all',
  parameters: { ...filters, after: cursor.parameter.optional().meta(describeAfter), limit },
  answer: pageOf(failure).meta({ id: 'FailureList' }),
  load: async ({ db, now }, { after, limit, ...parameters }) => {
    const filter = toFilter(parameters, now)
    const rows = await listFailures(db, { ...filter, before: toPlace(after), limit: rowsToRead(limit) })
    return toPage(rows, limit, toFailure, ({ when, id }) => cursor.encode([when, id]))
  },
})
