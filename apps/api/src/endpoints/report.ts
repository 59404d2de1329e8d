import { reportText } from '@stacktach/db'
import { HttpError, id } from '@stacktach/http'
import { z } from 'zod'
import { defineEndpoint } from '../http/defineEndpoint.ts'
import { JsonText } from '../http/send.ts'

export const report = defineEndpoint({
  path: 'report/:id',
  summary: 'One report, unchanged; its shape depends on its name and version',
  schema: z.unknown(),
  parameters: z.object({ id }),
  answer: async ({ db }, { id }) => {
    const text = await reportText(db, id)
    if (text === null) throw new HttpError(404, `There is no report ${id}`)
    return new JsonText(text)
  },
})
