export { type Confirmation, confirmExists } from './confirmExists.ts'
export { countEvents } from './countEvents.ts'
export {
  listUsage,
  type UsageBound,
  type UsageFilter,
  type UsageRow,
  usageById,
  usageStatistics,
} from './listUsage.ts'
export { type RepairResult, repairExists } from './repairExists.ts'
export { storeTenants, type TenantDescription } from './storeTenants.ts'
export { type UsageList, type UsageListName, usageList } from './usageLists.ts'
