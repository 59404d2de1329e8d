export { queueImageExists } from './queueImageExists.ts'
export {
  countNotifications,
  deleteLifecycles,
  foldedInstances,
  type ShardOfMany,
  storedKeys,
} from './refoldedKeys.ts'
export { readImageHistories, replaceImages } from './replaceImages.ts'
export {
  lastNotificationId,
  type NotificationPosition,
  type OpenPartition,
  openPartition,
  type ReadLimits,
  type StoredNotification,
  storedNotifications,
} from './storedNotifications.ts'
export { type DerivedRow, type UpdateResult, updateDerived } from './updateDerived.ts'
