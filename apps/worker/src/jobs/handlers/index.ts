import type { Handlers } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { closeUsage } from './closeUsage.ts'
import { deliverWebhooks } from './deliverWebhooks.ts'
import { enqueueDueReports } from './dueReports.ts'
import { findMissing } from './findMissing.ts'
import { handleKpi } from './kpi.ts'
import { createPartitions } from './partitions.ts'
import { publishVerified } from './publishVerified.ts'
import { refold } from './refold/refold.ts'
import { replayRejected } from './replayRejected.ts'
import { handleReport } from './report.ts'
import { applyRetention } from './retention.ts'
import { handleUsage } from './usage.ts'
import { verifyGlance, verifyNova } from './verify.ts'

/** The handlers of all jobs of the catalog. */
export function handlers(context: JobContext): Handlers {
  return {
    usage: (payload) => handleUsage(context, payload),
    kpi: (payload) => handleKpi(context, payload),
    'verify-nova': (payload) => verifyNova(context, payload),
    'verify-glance': (payload) => verifyGlance(context, payload),
    'publish-verified': () => publishVerified(context),
    'deliver-webhooks': () => deliverWebhooks(context),
    report: (payload) => handleReport(context, payload),
    'due-reports': () => enqueueDueReports(context),
    'find-missing': () => findMissing(context),
    'close-usage': () => closeUsage(context),
    partitions: () => createPartitions(context),
    retention: (payload) => applyRetention(context, payload),
    refold: (_, progress) => refold(context, progress),
    'replay-rejected': (payload, progress) => replayRejected(context, payload, progress),
  }
}
