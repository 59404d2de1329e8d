export type { BackloggedShard, BacklogKind } from './backlog.ts'
export {
  appendRequests,
  backloggedKinds,
  backloggedShards,
  claimImages,
  claimInstances,
  claimRequests,
  claimRest,
} from './claim.ts'
export {
  type LaunchKey,
  readCounterparts,
  readHistories,
  readLaunches,
  readLifecycles,
  readOpenTimings,
  type TimingKey,
} from './foldState.ts'
export { linkExists } from './linkExists.ts'
export { withShard, withShardWaiting } from './shardLock.ts'
export {
  readClosedRequests,
  readLatestEnds,
  readRequestStarts,
  readTrackerStarts,
  writeTrackers,
} from './trackers.ts'
export { type ChangedEvidence, writeFolds } from './writeFolds.ts'
export { writeImages } from './writeImages.ts'
export { ConcurrentFold } from './writeLifecycles.ts'
