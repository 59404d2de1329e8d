import { HOUR, type Instant } from '@stacktach/domain'

/** A verified exists of an instance, with the fields that hours depend on. */
export interface ReportedExists {
  instance: string
  launchedAt: Instant | null
  deletedAt: Instant | null
  auditBeginning: Instant
  auditEnding: Instant
  when: Instant
  tenant: string
  flavor: string
  memoryMb: number
}

const from = ({ launchedAt, auditBeginning }: ReportedExists) => Math.max(launchedAt ?? auditBeginning, auditBeginning)
const until = ({ deletedAt, auditEnding }: ReportedExists) => Math.min(deletedAt ?? auditEnding, auditEnding)

/**
 * Hours that instance hours must count: for each part of an instance's time, it asks which exists report it and which of
 * them has the valid flavor. Started hours of contiguous parts with the same flavor and tenant count in full.
 */
export function reportedHours(exists: readonly ReportedExists[]) {
  const hours: { flavor: string; tenant: string; unitHours: number }[] = []
  const overlapping = new Set<ReportedExists>()
  let leftOut = 0
  for (const instance of new Set(exists.map((row) => row.instance))) {
    const own = exists.filter((row) => row.instance === instance && until(row) > from(row))
    const bounds = [...new Set(own.flatMap((row) => [from(row), until(row)]))].sort((a, b) => a - b)
    const parts = bounds.slice(1).flatMap((end, index) => {
      const start = bounds[index] ?? end
      const reporting = own.filter((row) => from(row) <= start && until(row) >= end)
      if (reporting.length > 1) {
        leftOut += (end - start) * (reporting.length - 1)
        for (const row of reporting) overlapping.add(row)
      }
      const [valid] = reporting.sort(
        (a, b) => (b.launchedAt ?? 0) - (a.launchedAt ?? 0) || a.auditEnding - b.auditEnding || a.when - b.when,
      )
      return valid === undefined ? [] : [{ start, end, valid }]
    })
    while (parts.length > 0) {
      const first = parts.shift()
      if (first === undefined) break
      const { flavor, tenant, memoryMb } = first.valid
      let { end } = first
      while (parts[0]?.start === end && parts[0].valid.flavor === flavor && parts[0].valid.tenant === tenant) {
        end = parts.shift()?.end ?? end
      }
      hours.push({ flavor, tenant, unitHours: (Math.ceil((end - first.start) / HOUR) * memoryMb) / 256 })
    }
  }
  return { hours, overlappingExists: overlapping.size, overlappingHours: leftOut / HOUR }
}
