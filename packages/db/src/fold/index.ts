export type { BackloggedShard, BacklogKind } from './backlog.ts'
export {
  appendRequests,
  backloggedShards,
  claimImages,
  claimInstances,
  claimRequests,
  claimRest,
  waitingKinds,
} from './claim.ts'
export {
  type LaunchKey,
  readHistories,
  readLaunches,
  readLifecycles,
  readOpenTimings,
  readTwins,
  type TimingKey,
} from './foldState.ts'
export { type LinkRange, linkExists } from './linkExists.ts'
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
