export { claimImageExists } from './claimImageExists.ts'
export { claimInstanceExists } from './claimInstanceExists.ts'
export { countVerdicts, dueVerification, isPending } from './due.ts'
export { claimUnsent, enqueueImageExists, enqueueInstanceExists, markSent, type OutboxTargets } from './outbox.ts'
export type { ExistsRange } from './range.ts'
export { reopenImageExists, reopenInstanceExists, reopenRange } from './reopen.ts'
export {
  claimDeliveries,
  type DeliveryOutcome,
  isDeliveryDue,
  storeOutcomes,
  type WebhookMessage,
  webhookState,
} from './webhookDeliveries.ts'
export { type ExistsTable, type Judged, writeVerdicts } from './writeVerdicts.ts'
