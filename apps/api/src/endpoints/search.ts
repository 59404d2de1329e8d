import { isScan, isStatementTimeout, type Search, searchNotifications } from '@stacktach/db'
import { between, HttpError, page, service, textParameter, unixTime } from '@stacktach/http'
import { z } from 'zod'
import { type Context, defineEndpoint } from '../http/defineEndpoint.ts'
import { notificationHeader, notificationRow } from '../http/notificationTable.ts'
import { parseSearchCondition } from '../http/searchCondition.ts'
import { genericTable, glanceTable, novaTable, orEmpty } from '../http/tables.ts'

export const search = defineEndpoint({
  path: 'search',
  summary: 'Notifications by the value of a column, newest first',
  schema: orEmpty(z.union([novaTable("Task'"), glanceTable, genericTable])),
  parameters: z.object({
    field: textParameter,
    value: textParameter,
    service,
    when_min: unixTime.optional(),
    when_max: unixTime.optional(),
    ...page(),
  }),
  answer: async ({ db }, { field, value, service, when_min, when_max, limit, offset }) => {
    const condition = parseSearchCondition(service, field, value)
    const period = between(when_min, when_max)
    const notifications = await searchInTime(db, field, { service, condition, period, limit, offset })
    if (notifications.length === 0) return []
    return [notificationHeader(service), ...notifications.map((notification) => notificationRow(service, notification))]
  },
})

/** @throws HttpError 503 with advice when a search without an index times out */
async function searchInTime(db: Context['db'], field: string, search: Search) {
  try {
    return await searchNotifications(db, search)
  } catch (error) {
    if (!isStatementTimeout(error) || !isScan(search.condition)) throw error
    throw new HttpError(503, `${field} is not indexed and the scan timed out: narrow it with when_min and when_max`)
  }
}
