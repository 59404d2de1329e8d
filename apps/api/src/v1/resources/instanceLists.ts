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
import { operationCursor } from '../items/operation.ts'
import { deleteCursor, existsCursor, launchCursor, toPlace } from '../items/usage.ts'
import { describeAfter, instanceId, limit } from '../parameters.ts'
import { requireInstance } from '../requireInstance.ts'

export const instanceOperationList = defineResource({
  path: 'instances/:uuid/operations',
  summary: 'Operations of an instance with their attempts, newest first',
  access: 'tenant',
  parameters: { uuid: instanceId, after: operationCursor.parameter.optional().meta(describeAfter), limit },
  answer: operationPage,
  load: async (context, { uuid, after, limit }) => {
    await requireInstance(context, uuid)
    return operationPageOf(context.db, { instance: uuid, after: toPlace(after), limit })
  },
})

export const instanceLaunchList = defineResource({
  path: 'instances/:uuid/launches',
  summary: 'Launches of an instance, latest first; launches without a time come first',
  access: 'tenant',
  parameters: { uuid: instanceId, after: launchCursor.parameter.optional().meta(describeAfter), limit },
  answer: launchPage,
  load: async (context, { uuid, after, limit }) => {
    await requireInstance(context, uuid)
    return launchPageOf(context.db, { instance: uuid, after: toPlace(after), limit })
  },
})

export const instanceDeleteList = defineResource({
  path: 'instances/:uuid/deletes',
  summary: 'Deletes of an instance, latest first',
  access: 'tenant',
  parameters: { uuid: instanceId, after: deleteCursor.parameter.optional().meta(describeAfter), limit },
  answer: deletePage,
  load: async (context, { uuid, after, limit }) => {
    await requireInstance(context, uuid)
    return deletePageOf(context.db, { instance: uuid, after: toPlace(after), limit })
  },
})

export const instanceExistsList = defineResource({
  path: 'instances/:uuid/exists',
  summary: 'Exists of an instance with their verification, newest first',
  access: 'tenant',
  parameters: { uuid: instanceId, after: existsCursor.parameter.optional().meta(describeAfter), limit },
  answer: existsItems,
  load: async (context, { uuid, after, limit }) => {
    await requireInstance(context, uuid)
    return existsPageOf(context.db, { instance: uuid, after: toPlace(after), limit })
  },
})
