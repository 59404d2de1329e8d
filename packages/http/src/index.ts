export {
  type Access,
  authenticate,
  authorizeWrite,
  mayRequest,
  sessionCookie,
  type Tokens,
  type Viewer,
} from './access.ts'
export { type CsvValue, csvLine } from './csv.ts'
export { decode } from './decode.ts'
export { describeError } from './describeError.ts'
export { HttpError, InvalidParameters } from './httpError.ts'
export {
  between,
  dateTime,
  day,
  id,
  limitOrAll,
  MAX_LIMIT,
  offset,
  page,
  requestId,
  service,
  serviceOrAll,
  textParameter,
  unixTime,
  uuid,
} from './parameters.ts'
export { repeatOnConflict } from './repeatOnConflict.ts'
