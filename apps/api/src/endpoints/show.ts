import { notificationById } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { HttpError, id, service } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { indentJson } from '../http/indentJson.ts'
import { tableWithHeader, textCell, textOrNull } from '../http/tables.ts'

export const show = defineEndpoint({
  path: 'show/:id',
  summary: 'One notification: its columns, its JSON and its subject',
  schema: z.tuple([
    tableWithHeader([z.literal('Key'), z.literal('Value')], [textCell, z.unknown()]),
    textCell,
    textOrNull,
  ]),
  parameters: z.object({ id, service }),
  answer: async ({ db }, { id, service }) => {
    const notification = await notificationById(db, service, id)
    if (notification === null) throw new HttpError(404, `There is no ${service} notification ${id}`)
    const rows = [
      ['Key', 'Value'],
      ['#', notification.id],
      ['When', formatInstant(notification.when)],
      ['Deployment', notification.deployment],
      ['Category', notification.routingKey],
      ['Publisher', notification.publisher],
      service === 'glance' ? ['Status', notification.status] : ['State', notification.state],
      ['Event', notification.event],
      ['Service', notification.service],
      ['Host', notification.host],
      ['UUID', notification.subject],
      ['Req ID', notification.requestId],
    ]
    return [rows, indentJson(notification.json), notification.subject]
  },
})
