import type { Database } from '@stacktach/db'
import { formatDuration, formatInstant } from '@stacktach/domain'
import type { Expectation } from '@stacktach/testing'

type Row = Record<string, string | null>

const instant = (value: string | null | undefined) => (value ? formatInstant(Number(value)) : null)

/** The aggregates of each instance that has a notification, in the form of the expectations. */
export async function aggregates({ pool }: Database): Promise<Record<string, Expectation>> {
  const select = async (sql: string) =>
    (await pool.query<Record<string, unknown>>(sql)).rows.map(
      (row): Row =>
        Object.fromEntries(
          Object.entries(row).map(([column, value]) => [column, value === null ? null : String(value)]),
        ),
    )
  const instances = await select(
    'select distinct instance from notification_nova where instance is not null order by instance',
  )
  const byInstance: Record<string, Expectation> = Object.fromEntries(
    instances.map(({ instance }) => [instance ?? '', { launches: [], deletes: [], exists: [], timings: [], kpi: [] }]),
  )
  const expectationOf = (row: Row): Expectation => {
    const expectation = byInstance[row.instance ?? '']
    if (!expectation) throw new Error(`an aggregate of ${row.instance}, which has no notification`)
    return expectation
  }
  for (const row of await select('select * from instance_launch')) {
    const { request_id = null, instance_type_id = null, instance_flavor_id = null } = row
    expectationOf(row).launches.push({
      request_id,
      launched_at: instant(row.launched_at),
      instance_type_id,
      instance_flavor_id,
    })
  }
  for (const row of await select('select * from instance_delete where effective')) {
    expectationOf(row).deletes.push({ launched_at: instant(row.launched_at), deleted_at: instant(row.deleted_at) })
  }
  for (const row of await select('select * from instance_exists order by message_id')) {
    const { message_id = null, instance_type_id = null, instance_flavor_id = null, status = null } = row
    expectationOf(row).exists.push({
      message_id,
      launched_at: instant(row.launched_at),
      deleted_at: instant(row.deleted_at),
      instance_type_id,
      instance_flavor_id,
      audit_period_beginning: instant(row.audit_period_beginning),
      audit_period_ending: instant(row.audit_period_ending),
      status,
    })
  }
  for (const row of await select('select * from timing order by "when", id')) {
    const sign = row.start_when && row.end_when ? '.' : row.start_when ? 'S' : 'E'
    expectationOf(row).timings.push([sign, row.name ?? '', row.duration ? formatDuration(Number(row.duration)) : 'n/a'])
  }
  for (const row of await select(
    `select t.*, d.name as deployment from request_tracker t join deployment d on d.id = t.deployment_id
      where duration is not null order by duration, event`,
  )) {
    const { event, duration, instance, deployment } = row
    expectationOf(row).kpi.push([event ?? '', formatDuration(Number(duration)), instance ?? '', deployment ?? ''])
  }
  for (const { launches, deletes } of Object.values(byInstance)) {
    const order = (row: Row) => `${row.launched_at ?? ''} ${row.request_id ?? row.deleted_at ?? ''}`
    launches.sort((a, b) => (order(a) < order(b) ? -1 : 1))
    deletes.sort((a, b) => (order(a) < order(b) ? -1 : 1))
  }
  return byInstance
}
