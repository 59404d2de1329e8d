import type { Resource } from './defineResource.ts'
import { deploymentList } from './resources/deployments.ts'
import { existsCounts } from './resources/existsCounts.ts'
import { failureGroupList, failureList } from './resources/failures.ts'
import { instance } from './resources/instance.ts'
import {
  instanceDeleteList,
  instanceExistsList,
  instanceLaunchList,
  instanceOperationList,
} from './resources/instanceLists.ts'
import { instanceNotifications, notificationSearch, oneNotification } from './resources/notifications.ts'
import { openOperationList } from './resources/openOperations.ts'
import { oneReport, reportList } from './resources/reports.ts'
import { oneRequest } from './resources/request.ts'
import { system } from './resources/system.ts'
import { timingList, timingsOfOneName } from './resources/timings.ts'
import { usage, usageSummary } from './resources/usage.ts'
import { correctionList, missingList } from './resources/usageChecks.ts'

/** The resources below `/v1/`. */
export const resources: readonly Resource[] = [
  instance,
  instanceOperationList,
  instanceLaunchList,
  instanceDeleteList,
  instanceExistsList,
  instanceNotifications,
  oneRequest,
  notificationSearch,
  oneNotification,
  openOperationList,
  failureGroupList,
  failureList,
  timingList,
  timingsOfOneName,
  existsCounts,
  usage,
  usageSummary,
  missingList,
  correctionList,
  reportList,
  oneReport,
  deploymentList,
  system,
]
