export { keptSince } from '../store/horizon.ts'
export { pruneAggregates } from './aggregates.ts'
export {
  type CountedInstance,
  instancesOfPartition,
  notificationsOfPartition,
  readBoundaries,
  writeBoundaries,
} from './boundaries.ts'
export { backlogBefore, deleteOldSpans, dropPartition } from './drop.ts'
export { keepRequestStarts } from './keepRequestStarts.ts'
export { withRetentionLock, withUsageLock } from './lock.ts'
export { type Partition, sealPartitions } from './seal.ts'
