import { expect, test } from '@jest/globals'
import { endpoints } from './endpoints/index.ts'
import { MANY_NOW } from './testkit/fillMany.ts'
import { planTests } from './testkit/planTests.ts'

const explain = planTests()

const uuid = '1679091c-5a88-0faf-6fb5-e6087eb1b2dc' // md5 of 6
const day = MANY_NOW / 1_000_000 - 86_400

/** Path, maximum number of notification partitions scanned, and maximum number of rows read by any node of its plans. */
const paths: [path: string, partitions: number, rows: number][] = [
  ['deployments', 0, 4],
  ['events', 0, 50],
  ['hosts', 0, 0],
  [`uuid?uuid=${uuid}`, 1, 8],
  [`uuid?uuid=${uuid}&service=glance`, 1, 8],
  [`uuid?uuid=${uuid}&service=generic`, 1, 8],
  [`request?request_id=req-${uuid}`, 1, 4],
  ['show/12345', 2, 1],
  ['watch/0', 1, 50],
  [`watch/3?since=${day + 80_000}`, 1, 1000],
  ['timings?name=event-7', 0, 50],
  [`timings/uuid?uuid=${uuid}`, 0, 8],
  ['summary', 0, 50 * 50],
  ['search?field=id&value=12345', 2, 1],
  [`search?field=instance&value=${uuid}`, 1, 8],
  [`search?field=request_id&value=req-${uuid}`, 1, 4],
  [`search?service=glance&field=uuid&value=${uuid}`, 1, 8],
  ['search?field=message_id&value=m-12345', 8, 1],
  // Newest first, and only as many rows as the limit.
  ['search?field=tenant&value=7&limit=5', 1, 5],
  ['search?field=event&value=event-7.start', 1, 50],
  ['search?field=host&value=host-7', 1, 50],
  ['search?field=host&value=nope', 8, 1],
  [`search?field=when__lt&value=${day}`, 1, 50],
  ['search?field=state&value=active', 1, 50],
  ['search?service=glance&field=owner&value=7&limit=5', 1, 5],
  ['search?service=generic&field=tenant&value=7&limit=5', 1, 5],
  ['kpi', 0, 10_000],
  ['kpi/7', 0, 10],
  ['kpi/nope', 8, 1],
  ['usage/launches?limit=50', 0, 50],
  [`usage/launches?instance=${uuid}`, 0, 2],
  ['usage/deletes?limit=50', 0, 50],
  [`usage/deletes?instance=${uuid}`, 0, 2],
  ['usage/exists?limit=50', 0, 50],
  [`usage/exists?instance=${uuid}`, 0, 24],
  ['reports', 0, 50],
  ['reports/search', 0, 50],
  ['reports/search?id=7', 0, 1],
  ['reports/search?name=report-7', 0, 500],
  ['reports/search?created=2024-10-05', 0, 24],
  ['report/7', 0, 1],
]

test('the paths cover all endpoints', () => {
  const covered = paths.map(([path]) => path.split('?')[0])
  for (const { path } of endpoints) {
    expect(covered).toContainEqual(expect.stringMatching(new RegExp(`^${path.replace(/:\w+/, '[^/]+')}$`)))
  }
})

test.each(paths)('%s reads at most %d partitions, and %d rows per node', async (path, partitions, rows) => {
  await explain.expectCost(`/stacky/${path}`, partitions, rows)
})
