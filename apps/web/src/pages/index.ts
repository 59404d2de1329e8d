import type { WebPage } from '../page/definePage.ts'
import { notificationPage } from './notification.tsx'

/** The table of pages. Those with a label are in the navigation, in this order. */
export const pages: readonly WebPage[] = [notificationPage]
