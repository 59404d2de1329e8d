export { type ClaimedImageExists, claimImageExists } from './claimImageExists.ts'
export { type ClaimedInstanceExists, claimInstanceExists } from './claimInstanceExists.ts'
export { countVerdicts, type DueVerification, dueVerification, isPending } from './due.ts'
export {
  claimUnsent,
  enqueueImageExists,
  enqueueInstanceExists,
  markSent,
  type UnsentMessage,
} from './outbox.ts'
export type { ExistsRange } from './range.ts'
export { type ChangedDelete, reopenInstanceExists, reopenRange } from './reopen.ts'
export { type ExistsTable, type Judged, writeVerdicts } from './writeVerdicts.ts'
