import { type Case, rejected } from './case.ts'
import { web } from './fixture.ts'

/** A valid request per endpoint, to which another parameter can be appended. */
const baseRequests: Record<string, string> = {
  events: 'events?',
  hosts: 'hosts?',
  uuid: `uuid?uuid=${web}&`,
  timings: 'timings?name=compute.instance.resize&',
  'timings/uuid': `timings/uuid?uuid=${web}&`,
  summary: 'summary?',
  request: `request?request_id=${web}&`,
  show: 'show/1?',
  watch: 'watch/0?',
  search: 'search?field=id&value=1&',
  'usage/launches': 'usage/launches?',
  'usage/deletes': 'usage/deletes?',
  'usage/exists': 'usage/exists?',
  reports: 'reports?',
  'reports/search': 'reports/search?',
}

const [counts, times, services, days, moments, ids] = [
  ['-1', '1.5', 'abc', '1e3', '0x10', 'all'],
  ['abc', 'nan', 'inf', '1e9', '1795132800,5', '2026-11-20'],
  ['bad', 'Nova', 'nova,glance'],
  ['2026-11-31', '20261120', '2026-11-20 00:00:00', 'today'],
  ['2026-11-20', '2026-11-20 24:00:00', '1795132800', 'now'],
  ['-1', '1.5', 'abc', '+1'],
]

const count = 'a non-negative whole number'
const time = 'a unix time'
const serviceNames = 'one of nova, glance, generic'

/** The values that a parameter of some endpoints rejects, and the text after `must be`. */
const rules: readonly [parameter: string, endpoints: string, invalid: readonly string[], must: string][] = [
  [
    'limit',
    'uuid timings timings/uuid request search usage/launches usage/deletes usage/exists reports reports/search',
    counts,
    count,
  ],
  [
    'offset',
    'uuid timings timings/uuid summary request search usage/launches usage/deletes usage/exists reports reports/search',
    counts,
    count,
  ],
  ['limit', 'summary', counts.filter((value) => value !== 'all'), `all, or ${count}`],
  ['when_min', 'uuid request search', times, time],
  ['when_max', 'uuid request search', times, time],
  ['end_when_min', 'timings', times, time],
  ['end_when_max', 'timings', times, time],
  ['since', 'watch', times, time],
  ['created_from', 'reports', times, time],
  ['created_to', 'reports', times, time],
  ['service', 'hosts uuid show watch search', [...services, 'all'], serviceNames],
  ['service', 'events', services, `${serviceNames}, all`],
  ['created', 'reports/search', days, 'a day as YYYY-MM-DD'],
  ['period_start', 'reports/search', moments, 'a time as YYYY-MM-DD HH:MM:SS'],
  ['period_end', 'reports/search', moments, 'a time as YYYY-MM-DD HH:MM:SS'],
  ['id', 'reports/search', ids, 'a whole number'],
]

const ofRules = rules.flatMap(([parameter, endpoints, invalid, must]) =>
  endpoints
    .split(' ')
    .flatMap((endpoint) =>
      invalid.map((value) =>
        rejected(
          `${baseRequests[endpoint]}${parameter}=${encodeURIComponent(value)}`,
          `${parameter} must be ${must}, not ${JSON.stringify(value)}`,
        ),
      ),
    ),
)

const notUuids = ['abc', web.toUpperCase(), `{${web}}`, `${web} `, `${web}0`, web.slice(1), 'é', `req-${web}`]

const uuidLike = ['uuid?uuid=', 'timings/uuid?uuid=', ...['launches', 'deletes', 'exists'].map(instanceOf)].flatMap(
  (request) => notUuids.map((value) => rejected(`${request}${encodeURIComponent(value)}`, `${value} is not uuid-like`)),
)

const requestIdLike = ['abc', 'req-', `REQ-${web}`, `req-${web.toUpperCase()}`, `req-req-${web}`, `${web} `].map(
  (value) => rejected(`request?request_id=${encodeURIComponent(value)}`, `${value} is not request-id-like`),
)

const required: Case[] = ['uuid', 'timings/uuid', 'request', 'timings'].flatMap((endpoint) => {
  const [parameter] = /request/.test(endpoint) ? ['request_id'] : endpoint === 'timings' ? ['name'] : ['uuid']
  return [
    rejected(endpoint, `${parameter} is missing`),
    rejected(`${endpoint}?${parameter}=`, `${parameter} is missing`),
    rejected(`${endpoint}?${parameter}=&limit=x`, `${parameter} is missing; limit must be ${count}, not "x"`),
  ]
})

function instanceOf(name: string): string {
  return `usage/${name}?instance=`
}

/** Invalid values of all parameters, for all endpoints that have them. */
export const parameterCases: readonly Case[] = [...ofRules, ...uuidLike, ...requestIdLike, ...required]

/** A valid request per endpoint, and the endpoint's optional parameters. */
export const optional: readonly [path: string, parameters: readonly string[]][] = Object.entries(baseRequests).map(
  ([endpoint, path]) => [
    path,
    [
      ...rules.filter(([, endpoints]) => endpoints.split(' ').includes(endpoint)).map(([parameter]) => parameter),
      ...(endpoint.startsWith('usage/') ? ['instance'] : []),
      ...(endpoint === 'watch' ? ['event_name'] : []),
      ...(endpoint === 'reports/search' ? ['name'] : []),
    ],
  ],
)
