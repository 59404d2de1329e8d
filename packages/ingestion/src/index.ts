export { type Message, type Parsed, readMessage, readMessages, truncate } from './readMessage.ts'
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
