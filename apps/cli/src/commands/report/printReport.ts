import type { StoredReport } from '@stacktach/db'
import { formatInstant, parseJson } from '@stacktach/domain'
import { printTable } from '../../output/printTable.ts'
import { reportTables } from './reportTables.ts'

/** A report in JSON output, with its name, version, region and period. */
export function reportObject(report: StoredReport) {
  return {
    id: report.id,
    name: report.name,
    version: report.version,
    region: report.region,
    period_start: formatInstant(report.periodStart),
    period_end: formatInstant(report.periodEnd),
    created: formatInstant(report.createdAt),
    json: parseJson(report.json),
  }
}

/** Prints a report: one line about it on standard error, its contents as tables on standard output. */
export function printReport(report: StoredReport): void {
  const { id, name, version, region, period_start, period_end, created, json } = reportObject(report)
  const regionText = region === '' ? '' : `, region ${region}`
  console.error(`report ${id}: ${name} ${version}${regionText}, ${period_start} to ${period_end}, created ${created}`)
  for (const table of reportTables(json)) printTable(table)
}
