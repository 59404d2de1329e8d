export { missingDatabase, pingDatabase } from '../connection/databaseAnswers.ts'
export { countExists, countExistsStatus, type ExistsCounts } from './countExists.ts'
export { type DatabaseState, databaseState } from './databaseState.ts'
export { type DeploymentActivity, deploymentActivity, listDeployments } from './deployments.ts'
export { eventNames, longestEventName } from './eventNames.ts'
export { type ExistsFilter, type ExistsPlace, type ExistsRow, existsList } from './existsList.ts'
export { type ExistsOverview, existsOverview } from './existsOverview.ts'
export { type ExistsPeriod, type ExistsPeriodCount, existsPeriods } from './existsPeriods.ts'
export { type ExistsService, type ExistsStatus, existsServices, existsStatuses } from './existsStatuses.ts'
export { type ExportedNotification, exportNotifications } from './exportNotifications.ts'
export { type FailedExists, type FailedExistsCounts, failedExists } from './failedExists.ts'
export {
  type FailureFilter,
  type FailureGroup,
  type FailureKey,
  type FailureSearch,
  failedNames,
  failureGroups,
  failureKeys,
  failuresByHour,
  type HourlyFailures,
  listFailures,
  type StoredFailure,
} from './failures.ts'
export {
  findNotifications,
  type NotificationFilter,
  type NotificationPlace,
  type NotificationSearch,
} from './findNotifications.ts'
export { finishedRequests } from './finishedRequests.ts'
export type { FoundNotification } from './foundNotification.ts'
export { hostNames } from './hostNames.ts'
export {
  type DeleteOfInstance,
  deletesOf,
  type ExistsOfInstance,
  existsOf,
  type LaunchOfInstance,
  launchesOf,
  type Place,
} from './instanceAggregates.ts'
export { instanceDeletes } from './instanceDeletes.ts'
export { instanceExists } from './instanceExists.ts'
export { type InstanceHead, instanceHead } from './instanceHead.ts'
export { instanceLaunches } from './instanceLaunches.ts'
export { instanceOwner } from './instanceOwner.ts'
export {
  deletesOfInstance,
  type InstanceDeleteRow,
  type InstanceLaunchRow,
  launchesOfInstance,
} from './instanceUsage.ts'
export { type ExistsSearch, type ExistsVerdict, listExists } from './listExists.ts'
export type { ListedNotification } from './listedNotification.ts'
export type { ListedReport } from './listedReport.ts'
export { type ListedRejected, listRejected, rejectedBody } from './listRejected.ts'
export { listReports, type ReportList } from './listReports.ts'
export { listTimings, type NamedFigures } from './listTimings.ts'
export { type BacklogState, backlogState, countContradicted, storedCounts } from './metricsQueries.ts'
export { notificationById } from './notificationById.ts'
export { type NotificationDetail, notificationDetail } from './notificationDetail.ts'
export { type NotificationHistogram, notificationHistogram } from './notificationHistogram.ts'
export { notificationsOfPeriod } from './notificationsOfPeriod.ts'
export { notificationsOfRequest } from './notificationsOfRequest.ts'
export { notificationsOfUuid } from './notificationsOfUuid.ts'
export {
  countOpenOperations,
  countStuck,
  type OpenCount,
  type OpenOperation,
  type OpenOperationSearch,
  openOperations,
  type StuckCount,
} from './openOperations.ts'
export { operationIsKnown } from './operationIsKnown.ts'
export {
  type OperationsOfInstance,
  operationsOfInstance,
  operationsOfRequest,
  type StoredOperation,
  type TimeCursor,
} from './operations.ts'
export { type Meaning, recognize } from './recognize.ts'
export { type ReconciledInstance, type ReconcileRange, reconciledInstances } from './reconciledInstances.ts'
export { type RejectedReason, rejectedReasons } from './rejectedReasons.ts'
export { lastRejectedId, type RejectedToReplay, rejectedToReplay } from './rejectedToReplay.ts'
export { type ReplicaState, replicaState } from './replicaState.ts'
export { reportById, type StoredReport } from './reportById.ts'
export {
  type MissingExists,
  missingExists,
  previousReport,
  reportNames,
  reportToShow,
  type ShownReport,
} from './reportPages.ts'
export { reportsCreated } from './reportsCreated.ts'
export { reportText } from './reportText.ts'
export { retentionState } from './retentionState.ts'
export { type SearchField, type SearchLookup, searchFields } from './searchFields.ts'
export { isScan, type Search, type SearchCondition, searchNotifications } from './searchNotifications.ts'
export { searchReports } from './searchReports.ts'
export { type StorageOverview, storageOverview } from './storageOverview.ts'
export {
  countInstanceNotifications,
  type ListPosition,
  type Neighbours,
  type NotificationCounts,
  neighboursOf,
  notificationsOfInstance,
  notificationsOfWholeRequest,
  type ServiceNotification,
} from './subjectNotifications.ts'
export { type SystemStatus, systemStatus } from './systemStatus.ts'
export { tenantIsKnown } from './tenantIsKnown.ts'
export {
  type TenantAccountInfo,
  type TenantExists,
  tenantAccount,
  tenantExists,
  tenantUsageSpan,
} from './tenantUsage.ts'
export {
  type DurationCursor,
  type DurationFigures,
  type SlowTiming,
  slowestTimings,
  type TimingStatistics,
  timingStatistics,
} from './timingStatistics.ts'
export { timingSummary } from './timingSummary.ts'
export { type InstanceTiming, timingsOfInstance } from './timingsOfInstance.ts'
export { timingsOfName } from './timingsOfName.ts'
export { type UsagePeriod, usagePeriods } from './usagePeriods.ts'
