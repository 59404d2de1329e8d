import type { Pool } from 'pg'

/** Request paths of all endpoints, resources and pages, by name, with parameters from the middle of the stored data. */
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
  const isoTime = (seconds: number) => new Date(seconds * 1000).toISOString()
  const [from, until] = [isoTime(Number(newest) - 86_400), isoTime(Number(newest))]
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
    ['v1/instances', `/v1/instances/${instance}`],
    ['v1/instances, operations', `/v1/instances/${instance}/operations`],
    ['v1/instances, notifications', `/v1/instances/${instance}/notifications`],
    ['v1/requests', `/v1/requests/${request}`],
    ['v1/notifications', `/v1/notifications?event=${event}`],
    ['v1/notifications, one', `/v1/notifications/nova/${id}`],
    ['v1/operations/open', '/v1/operations/open'],
    ['v1/failures', `/v1/failures?by=event,error,host,flavor&from=${from}&until=${until}`],
    ['v1/failures/list', `/v1/failures/list?from=${from}&until=${until}`],
    ['v1/timings', '/v1/timings'],
    ['v1/timings, one', '/v1/timings/compute.instance.create'],
    ['page: now', '/'],
    ['page: find', `/find?q=${host.slice(0, 7)}`],
    ['page: instance', `/instances/${instance}`],
    ['page: request', `/requests/${request}`],
    ['page: notification', `/notifications/nova/${id}`],
    ['page: search', `/search?event=${event}`],
    ['page: failures', `/failures?from=${from}&until=${until}`],
    ['page: open operations', '/operations/open'],
    ['page: timings', '/timings'],
    ['page: timings of an operation', '/timings/compute.instance.create'],
    ['page: usage', '/usage'],
    ['page: usage of a tenant', `/usage/${tenant}?month=${until.slice(0, 7)}`],
    ['page: exists', '/exists?status=failed'],
    ['page: reports', '/reports'],
    ['page: report', `/reports/${report}`],
    ['page: live', '/live'],
    ['page: system', '/system'],
    ['page: API', '/api'],
  ])
}
