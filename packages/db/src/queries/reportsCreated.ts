import type { Database } from '../connection/open.ts'
import { type ListedReport, listedReportColumns, toListedReport } from './listedReport.ts'
import type { Page, Period } from './period.ts'

/** Reports created in the period, oldest first. */
export async function reportsCreated(
  db: Database,
  { created, limit, offset }: Page & { created: Period },
): Promise<ListedReport[]> {
  const rows = await db.prisma.report.findMany({
    select: listedReportColumns,
    where: { createdAt: { gte: BigInt(created.min), lte: BigInt(created.max) } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    take: limit,
    skip: offset,
  })
  return rows.map(toListedReport)
}
