import { type Database, listDeployments, type ReadUsage } from '@stacktach/db'
import {
  DAY,
  type Instant,
  isFinal,
  isOpen,
  periodHolding,
  sumSegments,
  type TimePeriod,
  type UsageGap,
  type UsageSum,
} from '@stacktach/domain'
import { HttpError, InvalidParameters, textParameter } from '@stacktach/http'
import { z } from 'zod'
import type { TenantContext } from './defineResource.ts'
import { isoPeriod, optionalText } from './parameters.ts'

/** Longest period of one answer. */
const MAX_PERIOD = 366 * DAY

/** The parameters that select usage. */
export const usageParameters = {
  tenant: optionalText('Id of the tenant (project).'),
  deployment: optionalText('Name of the deployment.'),
  region: optionalText('Beginning of the names of deployments, such as `east` for `east-1` and `east-2`.'),
  flavor: optionalText('Id or name of the flavor.'),
  ...isoPeriod('usage (default: the current month, UTC)'),
}

/** The parameter of resources that also answer with comma-separated values. */
export const format = textParameter
  .refine((value) => value === 'json' || value === 'csv', { error: 'format must be json or csv' })
  .default('json')
  .meta({ description: 'json: pages. csv: all rows (text/csv, RFC 4180).', enum: ['json', 'csv'] })

const parameters = z.object(usageParameters)

/** What is selected. */
export interface SelectedUsage {
  period: TimePeriod
  /** Null: all. */
  tenants: readonly string[] | null
  /** The names of all deployments by their ids. */
  names: ReadonlyMap<number, string>
  /** Selects usage of a read instance; null if it has none of it. */
  select(read: ReadUsage): InstanceRow | null
}

/** Usage of an instance, in the selected tenants, deployments and flavors. */
export interface InstanceRow {
  instance: string
  tenant: string | null
  deployment: string | null
  sums: UsageSum[]
  gaps: UsageGap[]
  counts: ReadUsage['usage']['counts']
  /** Whether nothing of it is missing or pending. */
  final: boolean
}

/**
 * Resolves the parameters.
 *
 * @throws HttpError 400 for a period that is empty or too long; 403 for a tenant that is not the viewer's
 */
export async function selectUsage(
  { db, now, tenants: own }: TenantContext,
  { tenant, deployment, region, flavor, from, until }: z.output<typeof parameters>,
): Promise<SelectedUsage> {
  const tenants = selectTenants(own, tenant)
  const period = usagePeriod(from, until, now)
  const { names, ids } = await selectDeployments(db, deployment, region)
  const matches = (sum: UsageSum) =>
    (tenants === null || (sum.tenant !== null && tenants.has(sum.tenant))) &&
    (ids === null || ids.has(sum.deploymentId)) &&
    (flavor === undefined || sum.flavor === flavor || sum.flavorName === flavor)
  return {
    period,
    tenants: tenants === null ? null : [...tenants],
    names,
    select: ({ instance, usage, ...read }) => {
      const sums = sumSegments(usage.segments).filter(matches)
      const isSelected =
        (tenants === null || (read.tenant !== null && tenants.has(read.tenant))) &&
        (ids === null || (read.deploymentId !== null && ids.has(read.deploymentId))) &&
        (flavor === undefined || sums.length > 0)
      const gaps = isSelected ? usage.gaps : []
      if (sums.length === 0 && !gaps.some(isOpen)) return null
      return {
        instance,
        tenant: sums[0]?.tenant ?? read.tenant,
        deployment: names.get(sums[0]?.deploymentId ?? read.deploymentId ?? 0) ?? null,
        sums,
        gaps,
        counts: usage.counts,
        final: read.life !== null && isFinal(usage),
      }
    },
  }
}

/**
 * The tenants that a parameter selects among those of the viewer; null: all.
 *
 * @throws HttpError 403 for another tenant
 */
export function selectTenants(own: ReadonlySet<string> | null, tenant: string | undefined): ReadonlySet<string> | null {
  if (tenant === undefined) return own
  if (own !== null && !own.has(tenant)) {
    throw new HttpError(403, 'The token is limited to the instances, requests and usage of its own tenants')
  }
  return new Set([tenant])
}

function usagePeriod(from: Instant | undefined, until: Instant | undefined, now: Instant): TimePeriod {
  const month = periodHolding(from ?? (until === undefined ? now : until - 1), 'month')
  const period = { from: from ?? month.from, until: until ?? month.until }
  if (period.from >= period.until) throw new InvalidParameters([{ name: 'until', detail: 'until must be after from' }])
  if (period.until - period.from > MAX_PERIOD) {
    throw new InvalidParameters([{ name: 'from', detail: 'The period must not be longer than 366 days' }])
  }
  return period
}

/** The names of all deployments, and the ids of the selected ones; null: all. */
export async function selectDeployments(db: Database, deployment: string | undefined, region: string | undefined) {
  const all = await listDeployments(db)
  const isSelected = (name: string) =>
    (deployment === undefined || name === deployment) &&
    (region === undefined || name.toLowerCase().startsWith(region.toLowerCase()))
  const isLimited = deployment !== undefined || region !== undefined
  return {
    names: new Map(all.map(({ id, name }) => [id, name])),
    ids: isLimited ? new Set(all.filter(({ name }) => isSelected(name)).map(({ id }) => id)) : null,
  }
}
