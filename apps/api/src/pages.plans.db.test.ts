import { test } from '@jest/globals'
import type { Database } from '@stacktach/db'
import { MANY_NOW } from './testkit/fillMany.ts'
import { planTests } from './testkit/planTests.ts'

const explain = planTests(fillFindings)

const uuid = '1679091c-5a88-0faf-6fb5-e6087eb1b2dc' // md5 of 6

/** An audit period with exists. */
const audited = '2024-10-05T00:00:00Z'

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
  // One partition of each service holds the newest rows; the chart counts 20,000 of each service.
  ['/search', 24, 20_000],
  [`/search?instance=${uuid}`, 3, 24],
  [`/search?request=req-${uuid}`, 8, 8],
  ['/search?errors=1', 24, 400],
  ['/search?errors=1&host=host-7', 24, 400],
  ['/search?service=nova&event=event-7.start', 8, 1700],
  ['/search?host=nope', 24, 1],
  ['/search?tenant=7', 24, 90],
  [`/search?before=${MANY_NOW - 3_600_000_000}-nova-5&service=nova&event=event-7.start`, 8, 1700],
  ['/usage', 0, 1200],
  ['/usage?service=glance', 0, 30],
  ['/usage?deployment=cell-1', 0, 1200],
  ['/exists', 0, 101],
  ['/exists?status=failed', 0, 101],
  [`/exists?period=${audited}`, 0, 101],
  // With a reason and an audit period, at most the exists of this period.
  [`/exists?status=failed&reason=no+launch&period=${audited}`, 0, 10_000],
  ['/exists?before=1728000000000000-5', 0, 101],
  ['/usage/7?month=2024-10', 0, 80],
  ['/reports', 0, 101],
  // A tenth of the reports has the name.
  ['/reports?name=report-7', 0, 1010],
  ['/reports/77', 0, 10],
  // The migrations and the statistics of tables are not data.
  ['/system', 0, 10_001],
  // A day has 1,000 failures; how many exists and rejected messages are counted is limited.
  ['/', 0, 20_000],
  // The share needs the day's 10,000 operations.
  ['/failures', 0, 10_000],
  ['/failures?by=host,error', 0, 10_000],
  ['/failures?by=error', 0, 1_001],
  ['/failures?period=1h', 0, 500],
  ['/failures?host=host-1&by=flavor', 0, 10_000],
  ['/failures?event=event-1&error=error+1&deployment=cell-2&groups=all', 0, 10_000],
  [`/failures?from=2024-10-05T00:00&until=2024-10-05T01:00&before=${MANY_NOW}-5`, 0, 500],
  // Every open operation is read to count them.
  ['/operations/open', 0, 80],
  ['/operations/open?show=all&operation=event-0', 0, 80],
  [`/operations/open?show=all&deployment=cell-1&after=${MANY_NOW - 86_400_000_000}-5`, 0, 80],
  // A name has a count for each bucket, deployment and stripe.
  ['/timings', 0, 800],
  ['/timings/event-7', 0, 400],
  ['/timings/event-7?after=50-1', 0, 400],
]

test.each(paths)('%s reads at most %d partitions, and %d rows per node', async (path, partitions, rows) => {
  await explain.expectCost(path, partitions, rows)
})

/** Many exists that failed verification, and many rejected messages. */
async function fillFindings({ pool }: Database): Promise<void> {
  const statements = [
    `update instance_exists set audit_period_ending = "when", status = 'failed', send_status = (id % 3 = 0)::int * 201,
            fail_reason = 'reason ' || id % 5 || ': detail'`,
    `insert into image_exists (deployment_id, dedup_key, notification_id, "when", tie_break, uuid, created_at,
                               audit_period_ending, status, fail_reason)
     select deployment_id, dedup_key, notification_id, "when", dedup_key, instance, 0, audit_period_ending, status, fail_reason
       from instance_exists`,
    `insert into rejected_message (deployment, exchange, routing_key, reason, detail, body, body_size, body_sha256, received_at)
     select 'cell-1', 'nova', 'info', 'reason ' || g % 5, '', '', 0, g, g from generate_series(1, 20000) g`,
    'vacuum analyze',
  ]
  for (const statement of statements) await pool.query(statement)
}
