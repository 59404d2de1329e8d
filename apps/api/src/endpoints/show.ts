import { notificationById } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { HttpError } from '../http/httpError.ts'
import { indentJson } from '../http/indentJson.ts'
import { id, service } from '../http/parameters.ts'

export const show = defineEndpoint({
  path: 'show/:id',
  parameters: z.object({ id, service }),
  answer: async ({ db }, { id, service }) => {
    const found = await notificationById(db, service, id)
    if (found === null) throw new HttpError(404, `There is no ${service} notification ${id}`)
    const rows = [
      ['Key', 'Value'],
      ['#', found.id],
      ['When', formatInstant(found.when)],
      ['Deployment', found.deployment],
      ['Category', found.routingKey],
      ['Publisher', found.publisher],
      service === 'glance' ? ['Status', found.status] : ['State', found.state],
      ['Event', found.event],
      ['Service', found.service],
      ['Host', found.host],
      ['UUID', found.subject],
      ['Req ID', found.requestId],
    ]
    return [rows, indentJson(found.json), found.subject]
  },
})
