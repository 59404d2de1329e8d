import { expect, test } from '@jest/globals'
import { MANY_NOW } from './testkit/fillMany.ts'
import { planTests } from './testkit/planTests.ts'
import { resources } from './v1/index.ts'
import { cursorOfNotification } from './v1/items/notification.ts'

const explain = planTests((db) => db.prisma.deployment.create({ data: { name: 'silent' } }))

const uuid = '1679091c-5a88-0faf-6fb5-e6087eb1b2dc' // md5 of 6
const dayBefore = new Date((MANY_NOW - 86_400_000_000) / 1000).toISOString()
const middle = cursorOfNotification({ when: MANY_NOW - 3 * 86_400_000_000, service: 'nova', id: 50_000 })

/** Path, maximum number of notification partitions scanned, and maximum number of rows read by any node of its plans. */
const paths: [path: string, partitions: number, rows: number][] = [
  [`instances/${uuid}`, 1, 24],
  [`instances/${uuid}/operations`, 1, 8],
  [`instances/${uuid}/launches`, 1, 8],
  [`instances/${uuid}/deletes`, 1, 8],
  [`instances/${uuid}/exists?limit=5`, 1, 8],
  [`instances/${uuid}/notifications`, 3, 24],
  // The services beside nova are searched an hour before and after nova's days.
  [`requests/req-${uuid}`, 5, 12],
  // Newest first, and of each service only as many rows as the limit.
  ['notifications', 3, 153],
  // The cursor is at the boundary of two partitions.
  [`notifications?after=${middle}`, 6, 153],
  ['notifications?service=nova', 1, 51],
  // One notification in four.
  ['notifications?service=nova&deployment=cell-3', 1, 51 * 5],
  ['notifications?service=nova&deployment=silent', 8, 1],
  ['notifications?service=nova&event=event-7.start', 1, 51],
  ['notifications?service=nova&event=event-7.start&limit=1000', 8, 1001],
  ['notifications?service=nova&host=host-7', 1, 51],
  ['notifications?service=nova&host=nope', 8, 1],
  ['notifications?service=nova&tenant=7', 6, 51],
  ['notifications?service=glance&tenant=7', 6, 51],
  [`notifications?instance=${uuid}`, 3, 24],
  [`notifications?image=${uuid}`, 1, 8],
  [`notifications?request=req-${uuid}`, 5, 12],
  ['notifications?service=nova&errors=true', 6, 51],
  ['notifications?errors=true&limit=5', 3, 18],
  [`notifications?service=generic&from=${dayBefore}`, 1, 51],
  [`notifications?service=nova&until=${dayBefore}`, 1, 51],
  ['notifications/nova/12345', 2, 1],
  ['operations/open', 0, 80],
  ['operations/open?stuck=true&limit=10', 0, 80],
  // Failures and operations of a day.
  ['failures', 0, 10_000],
  ['failures?by=error,image', 0, 1_000],
  ['failures/list', 0, 51],
  [`failures/list?instance=${uuid}&from=2000-01-01`, 0, 8],
  // The histogram does not grow with time.
  ['timings', 0, 20_000],
  ['timings/event-7', 0, 400],
  // The exists of a day; the usage of a tenant reads those of its instances.
  [`exists?from=${dayBefore}`, 0, 10_000],
  ['usage?tenant=7', 0, 600],
  ['usage/summary?tenant=7', 0, 600],
  ['usage/missing', 0, 51],
  ['usage/corrections', 0, 51],
  ['usage/corrections?tenant=7', 0, 80],
  ['reports', 0, 51],
  ['reports?name=report-7', 0, 51],
  ['reports/7', 0, 1],
  ['deployments', 0, 5],
]

test('the paths cover all resources', () => {
  const covered = paths.map(([path]) => path.split('?')[0])
  // The system reads the backlog, which is short, and PostgreSQL's row statistics.
  for (const { path } of resources.filter(({ path }) => path !== 'system')) {
    expect(covered).toContainEqual(expect.stringMatching(new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`)))
  }
})

test.each(paths)('%s reads at most %d partitions, and %d rows per node', async (path, partitions, rows) => {
  await explain.expectCost(`/v1/${path}`, partitions, rows)
})
