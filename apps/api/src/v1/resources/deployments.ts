import { deploymentActivity } from '@stacktach/db'
import { z } from 'zod'
import { defineResource } from '../defineResource.ts'
import { rowNumber, time, toTimeOrNull } from '../values.ts'

const deployment = z
  .object({
    id: rowNumber,
    name: z.string(),
    last_notification_at: time.nullable().meta({ description: 'Latest when of its notifications; null: none yet.' }),
  })
  .meta({ id: 'Deployment' })

export const deploymentList = defineResource({
  path: 'deployments',
  summary: 'All deployments by name, each with the time of its latest notification',
  access: 'all',
  parameters: {},
  answer: z.object({ items: z.array(deployment) }).meta({ id: 'Deployments' }),
  load: async ({ db }) => {
    const deployments = await deploymentActivity(db)
    return {
      items: deployments.map(({ id, name, lastWhen }) => ({ id, name, last_notification_at: toTimeOrNull(lastWhen) })),
    }
  },
})
