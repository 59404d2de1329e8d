export { type AuditsDue, auditsDue, storeAudits } from './auditsDue.ts'
export { closeDay, daysToClose, queueOpenDays, type StoredCorrections, storeCorrections } from './closeDays.ts'
export { findMissingExists, type MissingOfHost, missingByHost } from './findMissing.ts'
export type { UsageScope } from './instancesOf.ts'
export {
  countMissing,
  type ListedCorrection,
  type ListedMissing,
  lastCorrection,
  listCorrections,
  listMissing,
} from './lists.ts'
export { type InstancePeriod, type ReadUsage, readUsage } from './readUsage.ts'
export { isClosed, usagePages } from './usagePages.ts'
