/** A report without its body, for lists. */
export interface ListedReport {
  id: number
  name: string
  version: number
  /** Empty for all regions. */
  region: string
  /** Microseconds of Unix time, as are the other two times. */
  periodStart: number
  periodEnd: number
  createdAt: number
}

interface Row {
  id: bigint
  name: string
  version: number
  region: string
  periodStart: bigint
  periodEnd: bigint
  createdAt: bigint
}

export const listedReportColumns = {
  id: true,
  name: true,
  version: true,
  region: true,
  periodStart: true,
  periodEnd: true,
  createdAt: true,
} as const

export function toListedReport({ id, periodStart, periodEnd, createdAt, ...row }: Row): ListedReport {
  return {
    ...row,
    id: Number(id),
    periodStart: Number(periodStart),
    periodEnd: Number(periodEnd),
    createdAt: Number(createdAt),
  }
}
