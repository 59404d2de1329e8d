import { isClosed, lastCorrection, usagePages } from '@stacktach/db'
import { isOpen, type UsageSum } from '@stacktach/domain'
import { csvLine } from '@stacktach/http'
import { z } from 'zod'
import { defineCursor, storedText } from '../cursor.ts'
import { defineResource, type TenantContext } from '../defineResource.ts'
import { gapReason, toUsageItem, usageCsvHeader, usageCsvRows, usageItem } from '../items/instanceUsage.ts'
import { pageOf, toPage } from '../page.ts'
import { describeAfter, limit } from '../parameters.ts'
import { format, type InstanceRow, type SelectedUsage, selectUsage, usageParameters } from '../usageScope.ts'
import { countOf, seconds, time, toSeconds, toTime } from '../values.ts'
import { correctionCursor } from './usageChecks.ts'

const cursor = defineCursor('usage', storedText)

/** The usage that is selected, by instance. */
async function* rowsOf({ db, now }: TenantContext, selected: SelectedUsage, after?: string) {
  for await (const page of usagePages(db, { ...selected, after }, now)) {
    yield page.map(selected.select).filter((row): row is InstanceRow => row !== null)
  }
}

/** Whether the days of the selected period are closed, and the period is over. */
async function isOver({ db, now }: TenantContext, { period }: SelectedUsage): Promise<boolean> {
  return period.until <= now && (await isClosed(db, period))
}

export const usage = defineResource({
  path: 'usage',
  summary: 'Usage of instances in a period: seconds by flavor, each moment once, and what is missing',
  access: 'tenant',
  parameters: { ...usageParameters, format, after: cursor.parameter.optional().meta(describeAfter), limit },
  answer: pageOf(usageItem)
    .extend({
      from: time,
      until: time,
      closed: z.boolean().meta({
        description: 'Whether the period is over and its days are closed: only then usage can be final.',
      }),
    })
    .meta({ id: 'Usage' }),
  load: async (context, { after, limit, ...parameters }) => {
    const selected = await selectUsage(context, parameters)
    const closed = await isOver(context, selected)
    const rows: InstanceRow[] = []
    for await (const page of rowsOf(context, selected, after)) {
      rows.push(...page)
      if (rows.length > limit) break
    }
    return {
      from: toTime(selected.period.from),
      until: toTime(selected.period.until),
      closed,
      ...toPage(
        rows.slice(0, limit + 1),
        limit,
        (row) => toUsageItem(row, selected.names, closed),
        ({ instance }) => cursor.encode(instance),
      ),
    }
  },
  csv: async function* (context, { after, ...parameters }) {
    const selected = await selectUsage(context, parameters)
    const closed = await isOver(context, selected)
    let header = csvLine(usageCsvHeader)
    for await (const page of rowsOf(context, selected, after)) {
      yield header + page.flatMap((row) => usageCsvRows(row, selected.names, closed).map(csvLine)).join('')
      header = ''
    }
  },
})

/** Gaps in a summary; the list of usage has all. */
const LISTED_GAPS = 100

const summaryItem = z
  .object({
    tenant: z.string().nullable(),
    flavor: z.string().nullable().meta({ description: 'Id of the flavor.' }),
    flavor_name: z.string().nullable(),
    memory_mb: z.number().nullable(),
    instances: countOf,
    seconds,
  })
  .meta({ id: 'TenantUsage' })

const missingItem = z
  .object({
    instance: z.string(),
    tenant: z.string().nullable(),
    deployment: z.string().nullable(),
    from: time,
    until: time,
    reason: gapReason,
  })
  .meta({ id: 'OpenGap' })

const summary = z
  .object({
    from: time,
    until: time,
    final: z.boolean().meta({
      description: 'Whether the usage is complete: later changes are corrections. False before the days are closed.',
    }),
    closed: z.boolean().meta({ description: 'Whether the period is over and its days are closed.' }),
    items: z.array(summaryItem),
    missing_seconds: seconds.meta({ description: 'Time of existence without usage, unless that is explained.' }),
    corrections: z.string().meta({
      description: 'Cursor of `usage/corrections`, for the parameter `after`: what changed since this answer.',
    }),
    missing: z.array(missingItem).meta({ description: `The first ${LISTED_GAPS} of these times, by instance.` }),
  })
  .meta({ id: 'UsageSummary' })

export const usageSummary = defineResource({
  path: 'usage/summary',
  summary: 'Usage by tenant and flavor in a period, whether it is final, and what is missing',
  access: 'tenant',
  parameters: { ...usageParameters, format },
  answer: summary,
  load: (context, parameters) => summarize(context, parameters),
  csv: async function* (context, parameters) {
    const { items, final } = await summarize(context, parameters)
    yield csvLine([...Object.keys(summaryItem.shape), 'final'])
    for (const item of items) {
      const { tenant, flavor, flavor_name, memory_mb, instances, seconds } = item
      yield csvLine([tenant, flavor, flavor_name, memory_mb, instances, seconds, final])
    }
  },
})

async function summarize(
  context: TenantContext,
  parameters: Parameters<typeof selectUsage>[1],
): Promise<z.infer<typeof summary>> {
  const selected = await selectUsage(context, parameters)
  const closed = await isOver(context, selected)
  const corrections = correctionCursor.encode(await lastCorrection(context.db))
  const sums = new Map<string, Omit<UsageSum, 'deploymentId'> & { instances: number }>()
  const missing: z.infer<typeof missingItem>[] = []
  let missingTime = 0
  let final = closed
  for await (const page of rowsOf(context, selected)) {
    for (const row of page) {
      final &&= row.final
      addSums(sums, row)
      const open = row.gaps.filter(isOpen)
      missingTime += open.reduce((sum, { from, until }) => sum + until - from, 0)
      const { instance, tenant, deployment } = row
      for (const { from, until, reason } of open.slice(0, LISTED_GAPS - missing.length)) {
        missing.push({ instance, tenant, deployment, from: toTime(from), until: toTime(until), reason })
      }
    }
  }
  return {
    from: toTime(selected.period.from),
    until: toTime(selected.period.until),
    final,
    closed,
    items: [...sums]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { tenant, flavor, flavorName, memoryMb, instances, duration }]) => ({
        tenant,
        flavor,
        flavor_name: flavorName,
        memory_mb: memoryMb,
        instances,
        seconds: toSeconds(duration),
      })),
    missing_seconds: toSeconds(missingTime),
    corrections,
    missing,
  }
}

/** Adds the usage of an instance to the sums by tenant and flavor, of all deployments. */
function addSums(
  sums: Map<string, Omit<UsageSum, 'deploymentId'> & { instances: number }>,
  { sums: own }: InstanceRow,
): void {
  const counted = new Set<string>()
  for (const { tenant, flavor, flavorName, memoryMb, duration } of own) {
    const key = JSON.stringify([tenant, flavor, flavorName, memoryMb])
    const sum = sums.get(key) ?? { tenant, flavor, flavorName, memoryMb, duration: 0, instances: 0 }
    sum.duration += duration
    if (!counted.has(key)) sum.instances++
    counted.add(key)
    sums.set(key, sum)
  }
}
