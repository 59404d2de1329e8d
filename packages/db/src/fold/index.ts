export type { BackloggedShard } from './backlog.ts'
export {
  appendRequests,
  backloggedKinds,
  backloggedShards,
  claimImages,
  claimInstances,
  claimRequests,
  claimRest,
} from './claim.ts'
export { readCounterparts, readHistories, readLifecycles, readOpenTimings } from './foldState.ts'
export { linkExists } from './linkExists.ts'
export { readOperations } from './operationState.ts'
export { withShard, withShardWaiting } from './shardLock.ts'
export { readClosedRequests, readLatestEnds, readRequestStarts, readTrackerStarts, writeTrackers } from './trackers.ts'
export { queueVerdicts } from './usageChanged.ts'
export { readDeletes, readLaunches } from './usageState.ts'
export { type NewFailures, writeFolds } from './writeFolds.ts'
export { writeImages } from './writeImages.ts'
export { ConcurrentFold } from './writeLifecycles.ts'
