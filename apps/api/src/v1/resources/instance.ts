import { z } from 'zod'
import { defineResource } from '../defineResource.ts'
import {
  deletePage,
  deletePageOf,
  existsItems,
  existsPageOf,
  launchPage,
  launchPageOf,
  operationPage,
  operationPageOf,
} from '../instanceLists.ts'
import { instanceId } from '../parameters.ts'
import { requireInstance } from '../requireInstance.ts'
import { time, toTimeOrNull } from '../values.ts'

/** Newest rows of each list in the answer. */
const FIRST_PAGE = 50

const text = z.string().nullable()

export const instance = defineResource({
  path: 'instances/:uuid',
  summary: 'An instance, with the first page of its operations, launches, deletes and exists',
  access: 'tenant',
  parameters: { uuid: instanceId },
  answer: z
    .object({
      instance: z.string(),
      display_name: text,
      tenant: text.meta({ description: 'Its owner.' }),
      user_id: text,
      host: text,
      deployment: text,
      state: text,
      task_state: text,
      flavor: text,
      image: text,
      updated_at: time.nullable().meta({ description: 'When of its last notification of nova.' }),
      launched_at: time.nullable(),
      deleted_at: time.nullable(),
      operations: operationPage,
      launches: launchPage,
      deletes: deletePage,
      exists: existsItems,
    })
    .meta({ id: 'Instance' }),
  load: async (context, { uuid }) => {
    const head = await requireInstance(context, uuid)
    const page = { instance: uuid, limit: FIRST_PAGE }
    const [operations, launches, deletes, exists] = await Promise.all([
      operationPageOf(context.db, page),
      launchPageOf(context.db, page),
      deletePageOf(context.db, page),
      existsPageOf(context.db, page),
    ])
    return {
      instance: uuid,
      display_name: head.displayName,
      tenant: head.tenant,
      user_id: head.userId,
      host: head.host,
      deployment: head.deployment,
      state: head.state,
      task_state: head.taskState,
      flavor: head.flavor,
      image: head.image,
      updated_at: toTimeOrNull(head.lastWhen),
      launched_at: toTimeOrNull(head.launchedAt),
      deleted_at: toTimeOrNull(head.deletedAt),
      operations,
      launches,
      deletes,
      exists,
    }
  },
})
