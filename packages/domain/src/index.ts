export { changedLife, type LaunchTime, type Life, lifeOf, type UsagePause } from './billing/life.ts'
export {
  type GapReason,
  type InstanceUsage,
  isFinal,
  isOpen,
  type UsageCounts,
  type UsageExists,
  type UsageGap,
  type UsageSegment,
  usageOfInstance,
} from './billing/usageOfInstance.ts'
export {
  type CorrectionReason,
  correctionReason,
  sumSegments,
  type UsageChange,
  type UsageKey,
  type UsageSum,
  usageChanges,
} from './billing/usageSums.ts'
export { isSilent, SILENT_AFTER } from './deployments/silence.ts'
export { type Boundary, foldBoundary } from './instance/boundary.ts'
export { type FoldState, type InstanceFold, type Lifecycle, lastDelete } from './instance/foldInstance.ts'
export { type ExistsKey, existsToLink, type LinkRange, rangesToLink } from './instance/links.ts'
export {
  type ByInstance,
  byInstance,
  type FoldPlan,
  foldInstances,
  neededState,
  planFolds,
  type StoredCounterpart,
  type StoredFoldState,
  withPossibleCounterparts,
} from './instance/plan.ts'
export { requestsToTrack, startableRequests } from './instance/requestsToTrack.ts'
export {
  type ClosingEnd,
  type RequestStart,
  type RequestTracker,
  SCHEDULER_PREFIX,
  startsRequest,
  trackRequest,
} from './kpi/tracker.ts'
export { counterpartKey, EXISTS, periodKey } from './notifications/counterparts.ts'
export type { GlanceFacts, ImageFacts, InstanceFacts } from './notifications/facts.ts'
export {
  comparePositions,
  type InstanceNotification,
  type Position,
  positionOf,
} from './notifications/instanceNotification.ts'
export { parseJson, stringifyJson } from './notifications/json.ts'
export { type Delivery, type NormalizeResult, normalize } from './notifications/normalize.ts'
export { normalizeStored } from './notifications/normalizeStored.ts'
export { redactAny } from './notifications/redact.ts'
export { type Rejection, type RejectReason, rejected, rejectReasons } from './notifications/rejection.ts'
export type { GenericRow, GlanceRow, NotificationRow, NovaRow } from './notifications/rows.ts'
export { endOfValue, skipBlanks } from './notifications/scanJson.ts'
export { type Service, serviceOf, services } from './notifications/service.ts'
export { AHEAD, EARLIEST, outsideWindow, type StorageWindow } from './notifications/storageWindow.ts'
export {
  type Attempt,
  durationOfOperation,
  type Failure,
  type Operation,
  type Outcome,
  outcomes,
} from './operations/operation.ts'
export { STUCK_AFTER, STUCK_FACTOR, stuckAge } from './operations/stuck.ts'
export {
  type Comparison,
  compareInstance,
  type Difference,
  type DifferenceKind,
  differenceKinds,
  isExisting,
  type NovaServer,
  onlyHere,
  type StoredInstance,
} from './reconcile/compareInstance.ts'
export { type AuditDue, type AuditPeriod, auditDue } from './reports/auditDue.ts'
export { type ChangedNumber, compareReports } from './reports/compareReports.ts'
export {
  countFailure,
  emptyErrorTally,
  errorDetails,
  type FailedRequest,
  failedRequests,
  isDetailed,
  type RequestDetail,
} from './reports/errorDetails.ts'
export { type GlanceUsage, glanceUsageAudit } from './reports/glanceUsageAudit.ts'
export { addExists, emptyHoursSweep, finishHours, type HoursExists } from './reports/hoursSweep.ts'
export { type ImageEventCounts, imageEventsAudit } from './reports/imageEventsAudit.ts'
export { type HoursUsage, instanceHours, type TenantAccount, type TenantHours } from './reports/instanceHours.ts'
export {
  addInstanceExists,
  emptyInstanceUsage,
  finishInstanceUsage,
  type InstanceFlavorUsage,
} from './reports/instanceUsage.ts'
export { type ReportKind, reportHeading, reportKinds, reportOrigin } from './reports/kinds.ts'
export { type LaunchFailure, type NovaUsage, novaUsageAudit } from './reports/novaUsageAudit.ts'
export { publicOutboundBandwidth } from './reports/publicOutboundBandwidth.ts'
export { type ReportPart, readReport } from './reports/readReport.ts'
export { reportRefusal } from './reports/refusal.ts'
export { countRequest, type RegionTally, regionSummary } from './reports/regionSummary.ts'
export { type FailureNotification, operationOf, type RequestFacts } from './reports/request.ts'
export type { ExistsCount } from './reports/verifierCounts.ts'
export type { Rules } from './rules.ts'
export { type Duration, formatDuration, formatWholeSeconds } from './time/duration.ts'
export {
  DAY,
  floorTo,
  formatInstant,
  HOUR,
  type Instant,
  MINUTE,
  parseInstant,
  parseUnixTime,
  SECOND,
  toUnixSeconds,
} from './time/instant.ts'
export {
  ALL_TIME,
  completePeriods,
  type PeriodLength,
  periodHolding,
  periodLengths,
  type TimePeriod,
  untilAfter,
} from './time/period.ts'
export { durationOf, type Timing, type TimingEdge, type TimingEnd } from './timing/foldTimings.ts'
export {
  type Bucket,
  bucketBounds,
  bucketNumber,
  bucketOf,
  type CountedBucket,
  percentileOf,
} from './timing/histogram.ts'
export { type DeleteStatus, type InstanceDelete, isEffective } from './usage/deletes.ts'
export type { InstanceExists } from './usage/exists.ts'
export {
  foldImages,
  type ImageDelete,
  type ImageExists,
  type ImageFold,
  type ImageNotification,
  type ImageUsage,
} from './usage/foldImages.ts'
export type { Launch } from './usage/foldLaunches.ts'
export { AUDIT_DURATION } from './verification/compareLaunch.ts'
export { inSameSecond } from './verification/sameSecond.ts'
export type {
  FlavorField,
  VerifyLevel,
} from './verification/validity.ts'
export { type FailReason, failReason, type Verdict } from './verification/verdict.ts'
export { type VerifiedMessage, verifiedNotification } from './verification/verifiedNotification.ts'
export { type ImageEvidence, type ImageExistsToVerify, verifyImageExists } from './verification/verifyImageExists.ts'
export {
  type ExistsToVerify,
  type InstanceEvidence,
  type VerifyOptions,
  verifyInstanceExists,
} from './verification/verifyInstanceExists.ts'
export { retryDelay } from './webhook/retryDelay.ts'
