import { existsRows } from '../downloads/existsRows.ts'
import { reportFile } from '../downloads/reportFile.ts'
import { tenantHours } from '../downloads/tenantHours.ts'
import type { WebDownload } from '../page/defineDownload.ts'
import type { WebPage } from '../page/definePage.ts'
import { apiPage } from './api.tsx'
import { existsPage } from './exists.tsx'
import { failuresPage } from './failures.tsx'
import { findPage } from './find.tsx'
import { instancePage } from './instance.tsx'
import { livePage } from './live.tsx'
import { notificationPage } from './notification.tsx'
import { nowPage } from './now.tsx'
import { openOperationsPage } from './openOperations.tsx'
import { reportPage } from './report.tsx'
import { reportsPage } from './reports.tsx'
import { requestPage } from './request.tsx'
import { searchPage } from './search.tsx'
import { systemPage } from './system.tsx'
import { tenantUsagePage } from './tenantUsage.tsx'
import { timingPage } from './timing.tsx'
import { timingsPage } from './timings.tsx'
import { usagePage } from './usage.tsx'

/** The table of pages. Those with a label are in the navigation, in this order. */
export const pages: readonly WebPage[] = [
  nowPage,
  searchPage,
  failuresPage,
  openOperationsPage,
  livePage,
  timingsPage,
  timingPage,
  findPage,
  instancePage,
  requestPage,
  notificationPage,
  usagePage,
  tenantUsagePage,
  existsPage,
  reportsPage,
  reportPage,
  systemPage,
  apiPage,
]

/** The table of downloads. */
export const downloads: readonly WebDownload[] = [...tenantHours, ...existsRows, reportFile]

/** The paths of all pages, in Express's syntax. */
export const pagePaths: readonly string[] = pages.map(({ path }) => path)
