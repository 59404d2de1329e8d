export { type AuditsDue, auditsDue, storeAudits } from './auditsDue.ts'
export { type InstancePeriod, type ReadUsage, readUsage } from './readUsage.ts'
export { isClosed, type UsageScope, usagePages } from './usagePages.ts'
