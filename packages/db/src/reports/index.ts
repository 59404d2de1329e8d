export { countImageEvents, type ReportPeriod } from './countImageEvents.ts'
export { type MadeReport, periodsWithoutReport, storeReport } from './storeReport.ts'
