import { type ListedNotification, longestEventName, notificationsOfPeriod } from '@stacktach/db'
import { floorTo, formatInstant, SECOND, untilAfter } from '@stacktach/domain'
import { id, service, textParameter, unixTime } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { errorMark } from '../http/notificationTable.ts'
import { errorCell, numberCell, textCell, textOrNull } from '../http/tables.ts'
import { cutBatch, MAX_ROWS } from '../http/watchBatch.ts'

export const watch = defineEndpoint({
  path: 'watch/:id',
  summary: 'Notifications since the last request, of one deployment or (0) of all',
  schema: z.tuple([
    z.array(numberCell).length(6),
    z.array(z.tuple([numberCell, errorCell, textCell, textCell, textOrNull, textCell, textCell])),
    textCell.meta({ description: 'Unix time, the next `since`.' }),
  ]),
  parameters: z.object({ id, service, since: unixTime.optional(), event_name: textParameter.optional() }),
  answer: async ({ db, now }, { id, service, since, event_name: event }) => {
    const until = floorTo(now, SECOND)
    const after = since ?? until - 2 * SECOND
    const [width, notifications] = await Promise.all([
      longestEventName(db, 'nova'),
      notificationsOfPeriod(db, {
        service,
        period: { from: untilAfter(after), until: untilAfter(until) },
        // One row more than an answer can have, to detect whether further rows exist.
        limit: MAX_ROWS + 1,
        ...(id === 0n ? {} : { deploymentId: id }),
        ...(event === undefined ? {} : { event }),
      }),
    ])
    const { sent, next } = cutBatch(notifications, after, until)
    return [[10, 1, 15, 20, width, 36], sent.map(row), next]
  },
})

function row({ id, when, routingKey, deployment, event, subject }: ListedNotification) {
  return [id, errorMark(routingKey), ...formatInstant(when).split(' '), deployment, event, subject || '-']
}
