import type { WebPage } from '../page/definePage.ts'
import { failuresPage } from './failures.tsx'
import { findPage } from './find.tsx'
import { instancePage } from './instance.tsx'
import { livePage } from './live.tsx'
import { notificationPage } from './notification.tsx'
import { nowPage } from './now.tsx'
import { openOperationsPage } from './openOperations.tsx'
import { requestPage } from './request.tsx'
import { timingPage } from './timing.tsx'
import { timingsPage } from './timings.tsx'

/** The table of pages. Those with a label are in the navigation, in this order. */
export const pages: readonly WebPage[] = [
  nowPage,
  failuresPage,
  openOperationsPage,
  livePage,
  timingsPage,
  timingPage,
  findPage,
  instancePage,
  requestPage,
  notificationPage,
]

/** The paths of all pages, in Express's syntax. */
export const pagePaths: readonly string[] = pages.map(({ path }) => path)
