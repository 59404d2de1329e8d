import type { WebPage } from '../page/definePage.ts'
import { findPage } from './find.tsx'
import { instancePage } from './instance.tsx'
import { notificationPage } from './notification.tsx'
import { requestPage } from './request.tsx'

/** The table of pages. Those with a label are in the navigation, in this order. */
export const pages: readonly WebPage[] = [findPage, instancePage, requestPage, notificationPage]

/** The paths of all pages, in Express's syntax. */
export const pagePaths: readonly string[] = pages.map(({ path }) => path)
