import type { Resource } from './defineResource.ts'
import { deploymentList } from './resources/deployments.ts'
import { instance } from './resources/instance.ts'
import { instanceDeleteList, instanceExistsList, instanceLaunchList } from './resources/instanceUsage.ts'
import { instanceNotifications, notificationSearch, oneNotification } from './resources/notifications.ts'
import { oneReport, reportList } from './resources/reports.ts'
import { system } from './resources/system.ts'

/** The resources below `/v1/`. */
export const resources: readonly Resource[] = [
  instance,
  instanceLaunchList,
  instanceDeleteList,
  instanceExistsList,
  instanceNotifications,
  notificationSearch,
  oneNotification,
  reportList,
  oneReport,
  deploymentList,
  system,
]
