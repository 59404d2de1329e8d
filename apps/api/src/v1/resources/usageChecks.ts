import { type ListedCorrection, type ListedMissing, listCorrections, listMissing } from '@stacktach/db'
import { periodHolding } from '@stacktach/domain'
import { csvLine } from '@stacktach/http'
import { z } from 'zod'
import { defineCursor, microseconds, rowId, storedText } from '../cursor.ts'
import { defineResource, type TenantContext } from '../defineResource.ts'
import { pageOf, rowsToRead, toPage } from '../page.ts'
import { describeAfter, flag, isoPeriod, limit, MAX_PAGE, optionalText } from '../parameters.ts'
import { format, selectDeployments, selectTenants } from '../usageScope.ts'
import { rowNumber, seconds, time, toSeconds, toTime } from '../values.ts'

const scopeParameters = {
  tenant: optionalText('Id of the tenant (project).'),
  deployment: optionalText('Name of the deployment.'),
  region: optionalText('Beginning of the names of deployments, such as `east` for `east-1` and `east-2`.'),
}

const scopeSchema = z.object(scopeParameters)

async function scopeOf(
  { db, tenants: own }: TenantContext,
  { tenant, deployment, region }: z.output<typeof scopeSchema>,
) {
  const tenants = selectTenants(own, tenant)
  const { names, ids } = await selectDeployments(db, deployment, region)
  return { names, tenants: tenants === null ? null : [...tenants], deployments: ids === null ? null : [...ids] }
}

const missingExists = z
  .object({
    instance: z.string(),
    tenant: z.string().nullable(),
    deployment: z.string().nullable(),
    host: z.string().nullable().meta({ description: 'Where it last was.' }),
    from: time,
    until: time,
    seconds,
  })
  .meta({ id: 'MissingExists' })

function toMissing(row: ListedMissing, names: ReadonlyMap<number, string>): z.infer<typeof missingExists> {
  return {
    instance: row.instance,
    tenant: row.tenant,
    deployment: names.get(row.deploymentId) ?? null,
    host: row.host,
    from: toTime(row.from),
    until: toTime(row.until),
    seconds: toSeconds(row.until - row.from),
  }
}

const missingCursor = defineCursor('missing', z.tuple([microseconds, storedText, microseconds]))

export const missingList = defineResource({
  path: 'usage/missing',
  summary: 'Times in which an instance existed and nova sent no exists, the latest first',
  access: 'tenant',
  parameters: {
    ...scopeParameters,
    host: optionalText('Host of nova-compute.'),
    ...isoPeriod('missing usage (default: the current month, UTC)'),
    format,
    after: missingCursor.parameter.optional().meta(describeAfter),
    limit,
  },
  answer: pageOf(missingExists).meta({ id: 'MissingUsage' }),
  load: async (context, { after: before, limit, host, ...parameters }) => {
    const { names, ...scope } = await scopeOf(context, parameters)
    const period = missingPeriod(context, parameters)
    const rows = await listMissing(context.db, { ...scope, period, host, before, limit: rowsToRead(limit) })
    return toPage(
      rows,
      limit,
      (row) => toMissing(row, names),
      ({ until, instance, from }) => missingCursor.encode([until, instance, from]),
    )
  },
  csv: async function* (context, { after, host, ...parameters }) {
    const { names, ...scope } = await scopeOf(context, parameters)
    const period = missingPeriod(context, parameters)
    let part = csvLine(Object.keys(missingExists.shape))
    for (let before = after; ; ) {
      const rows = await listMissing(context.db, { ...scope, period, host, before, limit: MAX_PAGE })
      yield part + rows.map((row) => csvLine(Object.values(toMissing(row, names)))).join('')
      part = ''
      const last = rows.at(-1)
      if (rows.length < MAX_PAGE || last === undefined) return
      before = [last.until, last.instance, last.from]
    }
  },
})

function missingPeriod(
  { now }: TenantContext,
  { from, until }: { from?: number | undefined; until?: number | undefined },
) {
  const month = periodHolding(from ?? (until === undefined ? now : until - 1), 'month')
  return { from: from ?? month.from, until: until ?? month.until }
}

const correction = z
  .object({
    id: rowNumber,
    at: time.meta({ description: 'When the change was found.' }),
    day: z.iso.date().meta({ description: 'UTC day of the usage.' }),
    instance: z.string(),
    tenant: z.string().nullable(),
    deployment: z.string().nullable(),
    flavor: z.string().nullable().meta({ description: 'Id of the flavor.' }),
    flavor_name: z.string().nullable(),
    memory_mb: z.number().nullable(),
    before: seconds.meta({ description: 'Seconds of the day until then.' }),
    after: seconds.meta({ description: 'Seconds of the day since then.' }),
    reason: z.enum(['late notification', 'contradicted exists']),
    confirmed: z.boolean().meta({ description: 'Whether the billing system or the broker has an exists of the day.' }),
  })
  .meta({ id: 'Correction' })

function toCorrection(row: ListedCorrection, names: ReadonlyMap<number, string>): z.infer<typeof correction> {
  return {
    id: row.id,
    at: toTime(row.at),
    day: toTime(row.day).slice(0, 10),
    instance: row.instance,
    tenant: row.tenant,
    deployment: names.get(row.deploymentId) ?? null,
    flavor: row.flavor,
    flavor_name: row.flavorName,
    memory_mb: row.memoryMb,
    before: toSeconds(row.before),
    after: toSeconds(row.after),
    reason: correction.shape.reason.parse(row.reason),
    confirmed: row.confirmed,
  }
}

/** The cursor of corrections, also in the summary of usage. */
export const correctionCursor = defineCursor('corrections', rowId)

export const correctionList = defineResource({
  path: 'usage/corrections',
  summary: 'Changes of usage that was final or confirmed, in the order in which they were found',
  access: 'tenant',
  parameters: {
    ...scopeParameters,
    confirmed: flag('confirmed', 'Only changes of usage that the billing system or the broker has, or only others.'),
    after: correctionCursor.parameter
      .optional()
      .meta({ description: '`last` of an answer, or `corrections` of a summary: only later corrections.' }),
    limit,
  },
  answer: pageOf(correction)
    .extend({
      last: z.string().meta({ description: 'Cursor after the last correction here: continues the list at any time.' }),
    })
    .meta({ id: 'Corrections' }),
  load: async (context, { after = 0, limit, confirmed, ...parameters }) => {
    const { names, ...scope } = await scopeOf(context, parameters)
    const rows = await listCorrections(context.db, { ...scope, after, confirmed, limit: rowsToRead(limit) })
    const page = toPage(
      rows,
      limit,
      (row) => toCorrection(row, names),
      ({ id }) => correctionCursor.encode(id),
    )
    return { ...page, last: correctionCursor.encode(page.items.at(-1)?.id ?? after) }
  },
})
