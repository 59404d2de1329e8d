import type { TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ListedReport, listedReportColumns, toListedReport } from './listedReport.ts'
import type { Page } from './period.ts'

/** Reports created in the period, oldest first. */
export async function reportsCreated(
  db: Database,
  { created, limit, offset }: Page & { created: TimePeriod },
): Promise<ListedReport[]> {
  const rows = await db.prisma.report.findMany({
    select: listedReportColumns,
    where: { createdAt: { gte: BigInt(created.from), lt: BigInt(created.until) } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: limit,
    skip: offset,
  })
  return rows.map(toListedReport)
}
