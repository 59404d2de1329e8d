import { openOperations } from '@stacktach/db'
import { z } from 'zod'
import { defineResource } from '../defineResource.ts'
import { openOperationCursor, operation, toOperation } from '../items/operation.ts'
import { toPlace } from '../items/usage.ts'
import { pageOf, rowsToRead, toPage } from '../page.ts'
import { describeAfter, flag, limit, optionalText } from '../parameters.ts'
import { seconds, toSeconds, toSecondsOrNull } from '../values.ts'

const openOperation = z
  .object({
    ...operation.shape,
    age: seconds,
    p99: seconds.nullable().meta({ description: 'Seconds in which 99 % of the finished ones of its name ended.' }),
    stuck: z.boolean().meta({ description: 'Whether it is older than ten minutes and than three times p99.' }),
  })
  .meta({ id: 'OpenOperation' })

export const openOperationList = defineResource({
  path: 'operations/open',
  summary: 'Operations that have not ended, oldest first',
  access: 'all',
  parameters: {
    stuck: flag('stuck', 'Only operations that are stuck.'),
    name: optionalText('Name of the operation, such as compute.instance.create.'),
    deployment: optionalText('Name of the deployment.'),
    after: openOperationCursor.parameter.optional().meta(describeAfter),
    limit,
  },
  answer: pageOf(openOperation).meta({ id: 'OpenOperations' }),
  load: async ({ db, now }, { stuck: stuckOnly = false, name, deployment, after, limit }) => {
    const search = { now, stuckOnly, name, deployment, after: toPlace(after), limit: rowsToRead(limit) }
    return toPage(
      await openOperations(db, search),
      limit,
      ({ operation, age, p99, stuck }) => ({
        ...toOperation(operation),
        age: toSeconds(age),
        p99: toSecondsOrNull(p99),
        stuck,
      }),
      ({ operation: { when, id } }) => openOperationCursor.encode([when, id]),
    )
  },
})
