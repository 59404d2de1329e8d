export { pruneAggregates } from './aggregates.ts'
export {
  type CountedInstance,
  instancesOfPartition,
  notificationsOfPartition,
  readBoundaries,
  writeBoundaries,
} from './boundaries.ts'
export { backlogBefore, dropPartition, forgetSpans } from './drop.ts'
export { type HorizonKind, keptSince, raiseHorizon, readHorizon } from './horizon.ts'
export { withRetentionLock } from './lock.ts'
export { keepRequestStarts, readPrunedStarts } from './prunedStarts.ts'
export { type Partition, sealPartitions } from './seal.ts'
