export { auditGlanceUsage } from './auditGlanceUsage.ts'
export { auditNovaUsage } from './auditNovaUsage.ts'
export { countImageEvents } from './countImageEvents.ts'
export { type ImportedTenant, importTenants } from './importTenants.ts'
export { reportKeptSince } from './reportKeptSince.ts'
export { requestDetails } from './requestDetails.ts'
export { requestsOfPeriod } from './requestsOfPeriod.ts'
export { deploymentsInRegion, type ReportScope } from './scope.ts'
export { inSnapshot } from './snapshot.ts'
export {
  type MadeReport,
  missingReports,
  type ReportParameters,
  type ReportSubject,
  storeReport,
} from './storeReport.ts'
export { sumBandwidth } from './sumBandwidth.ts'
export { sumInstanceHours } from './sumInstanceHours.ts'
