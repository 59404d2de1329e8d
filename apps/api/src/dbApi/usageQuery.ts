import type { UsageBound, UsageFilter, UsageList } from '@stacktach/db'
import { HttpError } from '@stacktach/http'
import { countParameter, parseId, type Query, textOf } from './query.ts'
import { parseTime } from './times.ts'

/** Rows of an answer without `limit`. */
const DEFAULT_LIMIT = 50

/** Rows of an answer at most. Python 2 took an empty `limit` as more than any number. */
const MAX_LIMIT = 1_000

/** Larger offsets and the limit are added in PostgreSQL. */
const MAX_OFFSET = Number.MAX_SAFE_INTEGER - MAX_LIMIT

const UUID_LIKE = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/

/**
 * Parses the parameters that select rows of a list. Unknown ones are ignored, except filters that the list cannot apply.
 *
 * @throws HttpError 400 with StackTach's message
 */
export function usageFilter(list: UsageList, query: Query): UsageFilter {
  const instance = query.get('instance')
  if (instance !== undefined && list.columns.instance === undefined) throw noSuchField('instance')
  if (instance !== undefined && !UUID_LIKE.test(instance)) throw new HttpError(400, `${instance} is not uuid-like`)
  const bounds = [...query].flatMap(([name, value]) => usageBound(list, name, value))
  for (const [name, isThere] of [
    ['tenant', list.tenant !== null],
    ['status', list.exists],
    ['send_status', list.exists],
    ['deployment', list.exists],
  ] as const) {
    if (query.has(name) && !isThere) throw noSuchField(name)
  }
  return {
    instance,
    bounds,
    tenant: textOf(query, 'tenant'),
    status: textOf(query, 'status'),
    sendStatus: countParameter(query, 'send_status', 0),
    deployment: textOf(query, 'deployment'),
  }
}

function usageBound(list: UsageList, name: string, value: string): UsageBound[] {
  const [, field, bound] = /^(.*)_(min|max)$/s.exec(name) ?? []
  if (field === undefined || (bound !== 'min' && bound !== 'max')) return []
  if (!Object.hasOwn(list.columns, field)) throw noSuchField(field)
  const instant = parseTime(value)
  if (instant === null) throw new HttpError(400, 'Range filters must be dates.')
  return [{ field, bound, instant }]
}

/**
 * Parses the parameters of the order and the page of a list.
 *
 * @throws HttpError 400
 */
export function usageRows(list: UsageList, query: Query) {
  const orderBy = query.get('order_by') ?? list.order
  // StackTach's tables have no column with the time of receipt.
  if (!Object.hasOwn(list.columns, orderBy) || orderBy === 'received') throw noSuchField(orderBy)
  const after = query.get('after')
  if (after !== undefined && orderBy !== 'id') throw new HttpError(400, 'after needs order_by=id')
  const afterId = after === undefined ? undefined : parseId(after)
  if (afterId === null) throw new HttpError(400, `after must be an id, not ${JSON.stringify(after)}`)
  return {
    orderBy,
    descending: (query.get('direction') ?? 'desc') === 'desc',
    limit: Math.min(countParameter(query, 'limit', MAX_LIMIT) ?? DEFAULT_LIMIT, MAX_LIMIT),
    offset: Math.min(countParameter(query, 'offset', 0) ?? 0, MAX_OFFSET),
    after: afterId,
  }
}

function noSuchField(field: string): HttpError {
  return new HttpError(400, `No such field '${field}'.`)
}
