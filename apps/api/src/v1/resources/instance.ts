import { z } from 'zod'
import { defineResource } from '../defineResource.ts'
import { deletePage, existsPage, launchPage, readDeletes, readExists, readLaunches } from '../instanceLists.ts'
import { instanceId } from '../parameters.ts'
import { requireInstance } from '../requireInstance.ts'
import { time, toTimeOrNull } from '../values.ts'

/** Newest rows of each list in the answer. */
const FIRST_PAGE = 50

const text = z.string().nullable()

export const instance = defineResource({
  path: 'instances/:uuid',
  summary: 'An instance, with the newest of its launches, deletes and exists',
  access: 'tenant',
  parameters: { uuid: instanceId },
  answer: z
    .object({
      instance: z.string(),
      tenant: text.meta({ description: 'Its owner.' }),
      user_id: text.meta({ description: 'User of its first stored notification.' }),
      host: text,
      deployment: text,
      state: text,
      task_state: text,
      updated_at: time.nullable().meta({ description: 'When of its last notification.' }),
      instance_type_id: text,
      instance_flavor_id: text,
      flavor_name: text,
      launched_at: time.nullable(),
      deleted_at: time.nullable(),
      launches: launchPage,
      deletes: deletePage,
      exists: existsPage,
    })
    .meta({ id: 'Instance' }),
  load: async (context, { uuid }) => {
    const head = await requireInstance(context, uuid)
    const page = { instance: uuid, limit: FIRST_PAGE }
    const [launches, deletes, exists] = await Promise.all([
      readLaunches(context.db, page),
      readDeletes(context.db, page),
      readExists(context.db, page),
    ])
    return {
      instance: uuid,
      tenant: head.tenant,
      user_id: head.userId,
      host: head.host,
      deployment: head.deployment,
      state: head.state,
      task_state: head.taskState,
      updated_at: toTimeOrNull(head.lastWhen),
      instance_type_id: head.instanceTypeId,
      instance_flavor_id: head.instanceFlavorId,
      flavor_name: head.flavorName,
      launched_at: toTimeOrNull(head.launchedAt),
      deleted_at: toTimeOrNull(head.deletedAt),
      launches,
      deletes,
      exists,
    }
  },
})
