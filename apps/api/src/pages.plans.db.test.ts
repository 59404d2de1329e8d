import { afterAll, beforeAll, test } from '@jest/globals'
import { type Explain, startExplain } from './testkit/explain.ts'
import { fillMany, MANY_NOW } from './testkit/fillMany.ts'
import { type Api, startApi } from './testkit/startApi.ts'
import { createTestDatabase, type TestDatabase } from './testkit/testDatabase.ts'

let database: TestDatabase
let api: Api
let explain: Explain

beforeAll(async () => {
  database = await createTestDatabase()
  await fillMany(database.db)
  api = await startApi(database.db, MANY_NOW)
  explain = startExplain(database, api)
}, 120_000)

afterAll(async () => {
  await explain?.stop()
  await api?.stop()
  await database?.drop()
})

const uuid = '1679091c-5a88-0faf-6fb5-e6087eb1b2dc' // md5 of 6

/** Path of a page, maximum number of notification partitions scanned, and of rows read by any node of its plans. */
const paths: [path: string, partitions: number, rows: number][] = [
  // One partition of each service.
  [`/instances/${uuid}`, 3, 24],
  [`/instances/${uuid}?noise=1`, 3, 24],
  [`/instances/${uuid}?notifications_before=${MANY_NOW}-nova-5&exists_before=${MANY_NOW}-5`, 3, 24],
  // The services beside nova are searched an hour before and after nova's days.
  [`/requests/req-${uuid}`, 5, 4],
  // A request that nova does not know is looked up in the index of every partition.
  ['/requests/req-nope', 16, 1],
  ['/notifications/nova/12345', 2, 8],
  ['/notifications/glance/12345', 2, 8],
  // A message id has no time: the index of every partition is looked up.
  [`/find?q=${uuid}`, 24, 24],
  ['/find?q=m-12345', 24, 1],
  ['/find?q=event', 24, 50],
]

test.each(paths)('%s reads at most %d partitions, and %d rows per node', async (path, partitions, rows) => {
  await explain.expectCost(path, partitions, rows)
})
