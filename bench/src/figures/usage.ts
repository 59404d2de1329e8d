import { get } from 'node:http'
import type { Context } from '../context.ts'
import { figure } from '../figure.ts'
import { type Stack, withStack } from '../stack.ts'

const DAY = 86_400_000_000
const DAYS = 30
const HOURS = DAYS * 24
const INSTANCES_PER_TENANT = 10
const REQUESTS = 5

/** Measures the usage of a month with hourly audits: of a tenant, and of all tenants as CSV. */
export async function measureUsage({ options, now, add, log }: Context): Promise<void> {
  const instances = Math.max(INSTANCES_PER_TENANT, Math.round(options.notifications / HOURS))
  const until = Math.floor(now / DAY) * DAY - 2 * DAY
  await withStack(async (stack) => {
    await fillMonth(stack, instances, until - DAYS * DAY)
    const exists = instances * HOURS
    log(`usage: ${instances} instances with ${exists} exists are stored`)
    const api = await stack.start('api')
    const [, url = ''] = await api.process.printed(/"url":"([^"]+)"/)
    const period = `from=${isoTime(until - DAYS * DAY)}&until=${isoTime(until)}`
    const summaries: number[] = []
    for (let request = 0; request < REQUESTS; request++) {
      summaries.push((await download(new URL(`/v1/usage/summary?tenant=t-0&${period}`, url))).seconds)
    }
    const all = await download(new URL(`/v1/usage?format=csv&${period}`, url))
    const usage = await api.stop()
    const section = `Usage of a month with ${exists.toLocaleString('en-US')} exists of ${instances.toLocaleString('en-US')} instances`
    add(
      figure({
        section,
        name: `summary of a tenant with ${INSTANCES_PER_TENANT} instances`,
        unit: 's',
        values: summaries,
        meaning: 'Response time of /v1/usage/summary for a month of hourly exists.',
      }),
      figure({
        section,
        name: 'CSV of all tenants',
        unit: 's',
        values: [all.seconds],
        meaning: 'Time of /v1/usage?format=csv for the month, one client.',
      }),
      figure({
        section,
        name: 'CSV of all tenants',
        unit: 'exists/s',
        values: [exists / all.seconds],
        meaning: 'Exists that are read, per second.',
      }),
      figure({ section, name: 'api, initial', unit: 'MB', values: [usage.initialMb], meaning: 'Resident memory.' }),
      figure({
        section,
        name: 'api, peak',
        unit: 'MB',
        values: [usage.peakMb],
        meaning: 'Peak resident memory after the summaries and the CSV.',
      }),
    )
    log(
      `usage: CSV of all tenants in ${all.seconds.toFixed(1)} s, ${all.lines} lines, peak ${Math.round(usage.peakMb)} MB`,
    )
    if (all.lines !== instances + 1) throw new Error(`the CSV has ${all.lines} lines for ${instances} instances`)
  })
}

/** Inserts instances with an exists for each hour. */
async function fillMonth({ pool }: Stack, instances: number, from: number): Promise<void> {
  await pool.query(`insert into deployment (name) values ('bench') on conflict do nothing`)
  await pool.query(
    `insert into lifecycle (instance, notification_id, notification_when, folded_when, folded_tie_break, has_classic,
                            has_versioned, launched_at, tenant, host, deployment_id)
     select md5(g::text)::uuid::text, g, 0, 0, '', true, false, $1, 't-' || g / ${INSTANCES_PER_TENANT}, 'host', 1
       from generate_series(0, $2::int - 1) g`,
    [from, instances],
  )
  for (let day = 0; day < DAYS; day++) {
    await pool.query(
      `insert into instance_exists (deployment_id, dedup_key, message_id, notification_id, "when", instance, launched_at,
                                    image_type, versioned, tenant, status, audit_period_beginning, audit_period_ending,
                                    instance_flavor_id, flavor_name, memory_mb, host)
       select 1, md5(h || ' ' || g), md5(h || ' ' || g), g, $1 + (h + 1) * ${DAY / 24}::bigint + g, md5(g::text)::uuid::text,
              $1, 0, false, 't-' || g / ${INSTANCES_PER_TENANT}, 'verified', $1 + h * ${DAY / 24}::bigint,
              $1 + (h + 1) * ${DAY / 24}::bigint, '2', 'm1.small', 2048, 'host-' || g % 100
         from generate_series($2::int, $3::int) h, generate_series(0, $4::int - 1) g`,
      [from, day * 24, day * 24 + 23, instances],
    )
  }
  await pool.query('analyze')
}

function isoTime(instant: number): string {
  return new Date(instant / 1000).toISOString()
}

/** Requests a URL; returns its duration and the number of lines of the answer. */
function download(url: URL): Promise<{ seconds: number; lines: number }> {
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url.pathname}: ${response.statusCode}`))
      let lines = 0
      response.on('data', (part: Buffer) => {
        for (const byte of part) if (byte === 10) lines++
      })
      response.once('error', reject)
      response.once('end', () => resolve({ seconds: (performance.now() - startedAt) / 1000, lines }))
    }).once('error', reject)
  })
}
