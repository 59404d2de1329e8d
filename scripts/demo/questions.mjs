/**
 * Paths below /stacky/ that query each endpoint of the API about things that exist in the simulated cloud.
 * @param {{ instance: string, image: string, request: string, tenant: string, show: unknown, report: number,
 *   since: number }} subjects
 * @returns {string[]}
 */
export function questions({ instance, image, request, tenant, show, report, since }) {
  return [
    'deployments',
    'events',
    'events?service=glance',
    'hosts',
    `uuid?uuid=${instance}`,
    `uuid?uuid=${image}&service=glance`,
    'timings?name=compute.instance.create',
    `timings/uuid?uuid=${instance}`,
    'summary',
    `request?request_id=${request}`,
    `show/${show}`,
    `watch/0?since=${since}`,
    'search?field=event&value=compute.instance.create.error',
    'kpi',
    `kpi/${tenant}`,
    'usage/launches',
    'usage/deletes',
    'usage/exists',
    'reports',
    'reports/search?name=image%20events%20audit',
    `report/${report}`,
  ]
}
