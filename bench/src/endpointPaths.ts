import type { Pool } from 'pg'

/** Request paths for all endpoints, by name, with parameters from the middle of the stored data. */
export async function endpointPaths(pool: Pool): Promise<Map<string, string>> {
  const queryValue = async (sql: string) => {
    const { rows } = await pool.query<{ value: string }>(sql)
    const [row] = rows
    if (row === undefined) throw new Error(`no row for: ${sql}`)
    return row.value
  }
  const middle = await queryValue('select max(id) / 2 as value from notification_nova')
  const middleValue = (column: string) =>
    queryValue(`select ${column} as value from notification_nova where id > ${middle} and instance is not null
          and request_id <> '' and tenant is not null and event like '%.end' order by id limit 1`)
  const instance = await middleValue('instance')
  const request = await middleValue('request_id')
  const tenant = await middleValue('tenant')
  const event = await middleValue('event')
  const host = await middleValue('host')
  const id = await middleValue('id')
  const newest = await queryValue('select max("when") / 1000000 as value from notification_nova')
  const image = await queryValue('select uuid as value from notification_glance where uuid is not null limit 1')
  const report = await queryValue(`
    insert into report (name, version, period_start, period_end, created_at, json)
    values ('bench', 1, 0, 1, 1, '[]') returning id as value`)
  return new Map([
    ['deployments', '/stacky/deployments'],
    ['events', '/stacky/events'],
    ['hosts', '/stacky/hosts'],
    ['uuid', `/stacky/uuid?uuid=${instance}`],
    ['uuid of an image', `/stacky/uuid?service=glance&uuid=${image}`],
    ['timings', '/stacky/timings?name=compute.instance.create&limit=50'],
    ['timings, offset 10,000', '/stacky/timings?name=compute.instance.create&limit=50&offset=10000'],
    ['timings/uuid', `/stacky/timings/uuid?uuid=${instance}`],
    ['summary', '/stacky/summary'],
    ['request', `/stacky/request?request_id=${request}`],
    ['show', `/stacky/show/${id}`],
    ['watch', `/stacky/watch/1?since=${Number(newest) - 2}`],
    ['search by tenant', `/stacky/search?field=tenant&value=${tenant}&limit=50`],
    ['search by event', `/stacky/search?field=event&value=${event}&limit=50`],
    ['search by host', `/stacky/search?field=host&value=${host}&limit=50`],
    ['search, offset 10,000', '/stacky/search?field=event&value=compute.instance.update&limit=50&offset=10000'],
    ['kpi', '/stacky/kpi'],
    ['kpi of a tenant', `/stacky/kpi/${tenant}`],
    ['usage/launches', '/stacky/usage/launches?limit=50'],
    ['usage/deletes', '/stacky/usage/deletes?limit=50'],
    ['usage/exists', '/stacky/usage/exists?limit=50'],
    ['usage/exists, offset 10,000', '/stacky/usage/exists?limit=50&offset=10000'],
    ['reports', '/stacky/reports'],
    ['reports/search', '/stacky/reports/search?name=bench'],
    ['report', `/stacky/report/${report}`],
  ])
}
