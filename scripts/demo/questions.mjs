/**
 * A question for each endpoint of the API, about things that the simulated cloud has.
 * @param {{ instance: string, image: string, request: string, tenant: string, show: number, report: number, since: number }} about
 * @returns {string[]} paths below /stacky/
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
