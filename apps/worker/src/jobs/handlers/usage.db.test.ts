import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { backloggedShards, inTransaction, withShard } from '@stacktach/db'
import { SECOND } from '@stacktach/domain'
import {
  countRows,
  enqueuedJobs,
  type JobStack,
  killBlockedStatement,
  openStack,
  SHARDS,
  storeRows,
} from '../../testkit/jobStack.ts'
import { MONDAY, novaRow } from '../../testkit/notifications.ts'
import { BACKLOG_ROWS_PER_CLAIM } from './foldBacklog.ts'
import { handleUsage } from './usage.ts'

let stack: JobStack

beforeEach(async () => {
  stack = await openStack()
})

afterEach(() => stack.close())

const launched = { launchedAt: MONDAY, instanceFlavorId: 'small' }
const created = novaRow('server', 'create.end', MONDAY + 5 * SECOND, { requestId: 'req-1' }, launched)
const creation = [
  novaRow('server', 'create.start', MONDAY, { requestId: 'req-1' }, { instanceFlavorId: 'small' }),
  created,
]
const exists = novaRow('server', 'exists', MONDAY + 60 * SECOND, {}, launched)

/** The shard of the only backlogged instance. */
async function backloggedShard(): Promise<number> {
  const shards = (await backloggedShards(stack.database.pool)).filter(({ kind }) => kind === 'instance')
  expect(shards).toHaveLength(1)
  return shards[0]?.shard ?? -1
}

async function timings(): Promise<unknown[]> {
  const { rows } = await stack.database.pool.query(
    'select name, start_when::float8 as start, duration::float8 as duration from timing order by name',
  )
  return rows
}

test('a fold writes the aggregates, removes the backlog and wakes up the jobs that continue', async () => {
  await storeRows(stack, [...creation, exists])
  const shard = await backloggedShard()
  expect(await handleUsage(stack.context, { shard })).toEqual({ folded: 3 })
  expect(await countRows(stack, `backlog where kind = 'instance'`)).toBe(0)
  expect(await timings()).toEqual([{ name: 'compute.instance.create', start: MONDAY, duration: 5 * SECOND }])
  expect(await countRows(stack, 'instance_launch')).toBe(1)
  expect(await countRows(stack, `instance_exists where launch_id is not null and status = 'pending'`)).toBe(1)
  expect(await countRows(stack, `backlog where kind = 'request' and key = 'req-1'`)).toBe(1)
  expect(await enqueuedJobs(stack, 'aggregation')).toEqual(['kpi'])
  expect(await enqueuedJobs(stack, 'verification')).toEqual(['verify-nova'])
  expect(await handleUsage(stack.context, { shard })).toEqual({ folded: 0 })
})

test('a late notification refolds its instance; the rows that stay keep their ids', async () => {
  await storeRows(stack, [created])
  const shard = await backloggedShard()
  await handleUsage(stack.context, { shard })
  const launchIds = 'select id from instance_launch'
  const { rows: before } = await stack.database.pool.query(launchIds)
  expect(before).toHaveLength(1)
  await storeRows(stack, creation.slice(0, 1))
  await handleUsage(stack.context, { shard })
  expect(await timings()).toEqual([{ name: 'compute.instance.create', start: MONDAY, duration: 5 * SECOND }])
  expect((await stack.database.pool.query(launchIds)).rows).toEqual(before)
})

test('a large backlog is folded in several transactions', async () => {
  const count = BACKLOG_ROWS_PER_CLAIM + 500
  const rows = Array.from({ length: count }, (_, index) =>
    novaRow(index % 2 === 0 ? 'a' : 'b', 'update', MONDAY + index * SECOND),
  )
  await storeRows(stack, rows)
  let folded = 0
  for (let shard = 0; shard < SHARDS; shard++) folded += (await handleUsage(stack.context, { shard })).folded
  expect(folded).toBe(count)
  expect(await countRows(stack, `backlog where kind = 'instance'`)).toBe(0)
  const { rows: lifecycles } = await stack.database.pool.query('select instance from lifecycle order by instance')
  expect(lifecycles).toEqual([{ instance: 'a' }, { instance: 'b' }])
})

test('a shard that another process is folding is skipped, and another wake-up is enqueued', async () => {
  await storeRows(stack, creation)
  const shard = await backloggedShard()
  await withShard(stack.database.pool, 'usage', shard, async () => {
    expect(await handleUsage(stack.context, { shard })).toEqual({ folded: 0 })
  })
  expect(await countRows(stack, `backlog where kind = 'instance'`)).toBe(2)
  expect(await enqueuedJobs(stack, 'aggregation')).toEqual(['usage'])
})

test('concurrent folds of a shard fold each row once', async () => {
  await storeRows(stack, [...creation, exists])
  const shard = await backloggedShard()
  const runs = await Promise.all([1, 2, 3].map(() => handleUsage(stack.context, { shard })))
  expect(runs.reduce((sum, { folded }) => sum + folded, 0)).toBe(3)
  expect(await countRows(stack, 'timing')).toBe(1)
})

test('a fold whose connection is lost is rolled back and retried', async () => {
  await storeRows(stack, creation)
  const shard = await backloggedShard()
  let fold = Promise.resolve({ folded: 0 })
  await inTransaction(stack.database.pool, async (client) => {
    await client.query('lock table timing in access exclusive mode')
    fold = handleUsage(stack.context, { shard })
    await killBlockedStatement(stack)
  })
  expect(await fold).toEqual({ folded: 2 })
  expect(await countRows(stack, `backlog where kind = 'instance'`)).toBe(0)
  expect(await countRows(stack, 'timing')).toBe(1)
})

test('an error that is not transient rolls the fold back; the backlog stays', async () => {
  await storeRows(stack, creation)
  const shard = await backloggedShard()
  await stack.database.pool.query('alter table timing add constraint refuse_all check (false) not valid')
  await expect(handleUsage(stack.context, { shard })).rejects.toThrow('refuse_all')
  expect(await countRows(stack, `backlog where kind = 'instance'`)).toBe(2)
  expect(await countRows(stack, 'lifecycle')).toBe(0)
  await stack.database.pool.query('alter table timing drop constraint refuse_all')
  expect(await handleUsage(stack.context, { shard })).toEqual({ folded: 2 })
})

test('a stopping process folds nothing more', async () => {
  await storeRows(stack, creation)
  const shard = await backloggedShard()
  const stopped = { ...stack.context, stopping: AbortSignal.abort() }
  expect(await handleUsage(stopped, { shard })).toEqual({ folded: 0 })
  expect(await countRows(stack, `backlog where kind = 'instance'`)).toBe(2)
})
