import type { Endpoint } from '../http/defineEndpoint.ts'
import { deployments } from './deployments.ts'
import { events } from './events.ts'
import { healthz, readyz } from './health.ts'
import { hosts } from './hosts.ts'
import { kpi, kpiOfTenant } from './kpi.ts'
import { report } from './report.ts'
import { reports } from './reports.ts'
import { reportsSearch } from './reportsSearch.ts'
import { request } from './request.ts'
import { search } from './search.ts'
import { show } from './show.ts'
import { summary } from './summary.ts'
import { timings } from './timings.ts'
import { timingsUuid } from './timingsUuid.ts'
import { usageDeletes } from './usageDeletes.ts'
import { usageExists } from './usageExists.ts'
import { usageLaunches } from './usageLaunches.ts'
import { uuidEndpoint } from './uuid.ts'
import { watch } from './watch.ts'

/** The endpoints below `/stacky/`. */
export const endpoints: readonly Endpoint[] = [
  deployments,
  events,
  hosts,
  uuidEndpoint,
  timings,
  timingsUuid,
  summary,
  request,
  show,
  watch,
  search,
  kpi,
  kpiOfTenant,
  usageLaunches,
  usageDeletes,
  usageExists,
  reports,
  reportsSearch,
  report,
]

/** Health checks, below `/`. They require no token. */
export const health: readonly Endpoint[] = [healthz, readyz]
