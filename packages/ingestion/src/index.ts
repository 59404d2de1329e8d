export { groupBy } from './groupBy.ts'
export {
  type Message,
  type Parsed,
  type ReadOptions,
  readMessage,
  readMessages,
  readOptions,
  truncate,
} from './readMessage.ts'
export { withoutNul } from './rejectedRow.ts'
export {
  type BatchOutcome,
  type Destination,
  type Reasons,
  type RecordOutcome,
  type RejectedMessage,
  type StoreCounts,
  storeMessages,
} from './storeMessages.ts'
