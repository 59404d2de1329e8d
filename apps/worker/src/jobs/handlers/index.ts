import type { Handlers } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { dueReports } from './dueReports.ts'
import { handleKpi } from './kpi.ts'
import { partitions } from './partitions.ts'
import { publishVerified } from './publishVerified.ts'
import { replayRejected } from './replayRejected.ts'
import { handleReport } from './report.ts'
import { retention } from './retention.ts'
import { usage } from './usage.ts'
import { verifyGlance, verifyNova } from './verify.ts'

/** The handler of every job of the catalog. */
export function handlers(context: JobContext): Handlers {
  return {
    usage: (payload) => usage(context, payload),
    kpi: (payload) => handleKpi(context, payload),
    'verify-nova': (payload) => verifyNova(context, payload),
    'verify-glance': (payload) => verifyGlance(context, payload),
    'publish-verified': () => publishVerified(context),
    report: (payload) => handleReport(context, payload),
    'due-reports': () => dueReports(context),
    partitions: () => partitions(context),
    retention: (payload) => retention(context, payload),
    'replay-rejected': (payload, progress) => replayRejected(context, payload, progress),
  }
}
