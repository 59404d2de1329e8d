import { at, image, resize, web, worker } from './fixture.ts'

export interface Case {
  path: string
  /** 200 when not given. */
  status?: number
  body: unknown
}

const undashed = (uuid: string) => uuid.replaceAll('-', '')
const unix = (time: string) => (at(time) / 1_000_000).toFixed(6)

const refused = (path: string, message: string): Case => ({ path, status: 400, body: error('Bad Request', message) })
const missing = (path: string, message: string): Case => ({ path, status: 404, body: error('Not Found', message) })
const error = (reason: string, message: string) => [
  ['Error', 'Message'],
  [reason, message],
]

const onUuid = ['#', '?', 'When', 'Deployment', 'Event', 'Host', 'State', "State'", 'Task']
const nova = [...onUuid.slice(0, -1), "Task'"]
const glance = [...onUuid.slice(0, 6), 'Status']
const generic = [...onUuid.slice(0, 6), 'Instance', 'Request id']

const update = 'compute.instance.update'
const n1 = [1, ' ', '2026-11-20 11:00:00', 'west', 'compute.instance.resize.start', 'host-1', 'active', '', '']
const n2 = [2, ' ', '2026-11-20 11:00:00.000001', 'west', update, 'host-1', '', '', null]
const n3 = [3, ' ', '2026-11-20 11:14:11.715400', 'west', 'compute.instance.resize.end', 'host-1', 'resized', '', '']
const n4 = [4, ' ', '2026-11-20 11:59:58', 'east', update, 'host-1', '', '', '']
const n5 = [5, 'E', '2026-11-20 11:59:58.000001', 'west', 'rescue_instance', null, '', '', '']
const n6 = [6, ' ', '2026-11-20 11:59:59.500000', 'west', 'aggregate.create', 'a_b%c', '', '', '']
const n7 = [7, ' ', '2026-11-20 12:00:00', 'east', update, 'host-1', '', '', '']
const n8 = [8, ' ', '2026-11-20 12:00:00.100000', 'east', update, 'host-1', '', '', '']
const g1 = [1, ' ', '2026-11-20 10:00:00.500000', 'west', 'image.upload', 'host-1', 'saving']
const v1 = [1, ' ', '2026-11-20 09:00:00', 'west', 'volume.create', 'host-1', web, 'req-1']

const lists: Case[] = [
  {
    path: 'deployments',
    body: [
      ['#', 'Name'],
      [2, 'east'],
      [1, 'west'],
    ],
  },
  {
    path: 'deployments?limit=abc&nope=1&nope=2&a[b]=',
    body: [
      ['#', 'Name'],
      [2, 'east'],
      [1, 'west'],
    ],
  },
  {
    path: 'events',
    body: [
      ['Event Name'],
      ['aggregate.create'],
      ['compute.instance.create.start'],
      ['compute.instance.resize.end'],
      ['compute.instance.resize.prep.start'],
      ['compute.instance.resize.start'],
      [update],
      ['image.upload'],
      ['rescue_instance'],
    ],
  },
  { path: 'events?service=glance', body: [['Event Name'], ['image.upload']] },
  {
    path: 'events?service=all',
    body: [
      ['Event Name'],
      ['Volume.create'],
      ['aggregate.create'],
      ['compute.instance.create.start'],
      ['compute.instance.resize.end'],
      ['compute.instance.resize.prep.start'],
      ['compute.instance.resize.start'],
      [update],
      ['image.upload'],
      ['rescue_instance'],
    ],
  },
  refused('events?service=bad', 'service must be one of nova, glance, generic, all, not "bad"'),
  { path: 'hosts', body: [['Host Name'], [null], ['Z'], ['a_b%c'], ['host-2']] },
  { path: 'hosts?service=', body: [['Host Name'], [null], ['Z'], ['a_b%c'], ['host-2']] },
  { path: 'hosts?service=generic', body: [['Host Name']] },
  refused('hosts?service=all', 'service must be one of nova, glance, generic, not "all"'),
  refused('hosts?service=nova&service=nova', 'service is there more than once'),
]

const uuids: Case[] = [
  { path: `uuid?uuid=${web}`, body: [onUuid, n1, n2, n3] },
  { path: `uuid?uuid=${undashed(web)}`, body: [onUuid, n1, n2, n3] },
  { path: `uuid?uuid=${web}&limit=1&offset=1`, body: [onUuid, n2] },
  { path: `uuid?uuid=${web}&limit=+1+&offset=%2B2`, body: [onUuid, n3] },
  { path: `uuid?uuid=${web}&limit=5000`, body: [onUuid, n1, n2, n3] },
  { path: `uuid?uuid=${web}&limit=&offset=&when_min=`, body: [onUuid, n1, n2, n3] },
  { path: `uuid?uuid=${web}&limit=0`, body: [] },
  { path: `uuid?uuid=${web}&offset=99999999999999999999999999`, body: [] },
  { path: `uuid?uuid=${web}&when_min=${unix('11:00:00.000001')}`, body: [onUuid, n2, n3] },
  { path: `uuid?uuid=${web}&when_max=${unix('11:00:00.000001')}`, body: [onUuid, n1, n2] },
  { path: `uuid?uuid=${web}&when_min=99999999999`, body: [] },
  { path: `uuid?uuid=${image}&service=glance`, body: [glance, g1] },
  { path: `uuid?uuid=${web}&service=generic`, body: [generic, v1] },
  { path: `uuid?uuid=${image}`, body: [] },
  refused('uuid', 'uuid is missing'),
  refused('uuid?uuid=', 'uuid is missing'),
  refused('uuid?uuid=abc', 'abc is not uuid-like'),
  refused(`uuid?uuid=${web}%0A`, `${web}\n is not uuid-like`),
  refused(`uuid?uuid=${web.toUpperCase()}`, `${web.toUpperCase()} is not uuid-like`),
  refused(`uuid?uuid=${web.slice(0, 8)}${web.slice(9)}`, `${web.slice(0, 8)}${web.slice(9)} is not uuid-like`),
  refused('uuid?uuid=%C3%A9', 'é is not uuid-like'),
  refused('uuid?uuid=%00', 'uuid must not hold a NUL'),
  refused(
    `uuid?uuid=${web}&limit=-1&when_max=abc`,
    'when_max must be a unix time, not "abc"; limit must be a whole number and not negative, not "-1"',
  ),
  refused(`uuid?uuid=${web}&limit=1.5`, 'limit must be a whole number and not negative, not "1.5"'),
  refused(`uuid?uuid=${web}&offset=x`, 'offset must be a whole number and not negative, not "x"'),
  { path: `request?request_id=${resize}`, body: [nova, n1, n2, n3] },
  { path: `request?request_id=${resize.slice(4)}`, body: [nova, n1, n2, n3] },
  { path: `request?request_id=req-${undashed(resize.slice(4))}&limit=1`, body: [nova, n1] },
  { path: `request?request_id=${resize}&when_min=${unix('11:14:11.715400')}`, body: [nova, n3] },
  { path: `request?request_id=req-${web}`, body: [nova] },
  refused('request', 'request_id is missing'),
  refused('request?request_id=req-', 'req- is not request-id-like'),
  refused(`request?request_id=req-req-${web}`, `req-req-${web} is not request-id-like`),
]

const shown = (rows: [string, unknown][], text: string, uuid: string | null) => [
  [['Key', 'Value'], ...rows],
  text,
  uuid,
]

const shows: Case[] = [
  {
    path: 'show/1',
    body: shown(
      [
        ['#', 1],
        ['When', '2026-11-20 11:00:00'],
        ['Deployment', 'west'],
        ['Category', 'monitor.info'],
        ['Publisher', 'compute.host-1'],
        ['State', 'active'],
        ['Event', 'compute.instance.resize.start'],
        ['Service', 'compute'],
        ['Host', 'host-1'],
        ['UUID', web],
        ['Req ID', resize],
      ],
      '[\n  "monitor.info",\n  {\n    "b": 12345678901234567890,\n    "a": 1.10\n  }\n]',
      web,
    ),
  },
  {
    path: 'show/1?service=glance',
    body: shown(
      [
        ['#', 1],
        ['When', '2026-11-20 10:00:00.500000'],
        ['Deployment', 'west'],
        ['Category', 'monitor.info'],
        ['Publisher', 'compute.host-1'],
        ['Status', 'saving'],
        ['Event', 'image.upload'],
        ['Service', 'compute'],
        ['Host', 'host-1'],
        ['UUID', image],
        ['Req ID', ''],
      ],
      '[\n  "monitor.info",\n  {}\n]',
      image,
    ),
  },
  missing('show/0', 'There is no nova notification 0'),
  missing('show/10001', 'There is no nova notification 10001'),
  missing('show/abc', 'id must be a whole number, not "abc"'),
  missing('show/-1', 'id must be a whole number, not "-1"'),
  missing('show/99999999999999999999', 'There is no nova notification 9223372036854775807'),
  missing('show/%00', 'id must be a whole number, not "\\u0000"'),
  missing('show/', 'There is nothing at /stacky/show/'),
  missing('nope/', 'There is nothing at /stacky/nope/'),
  missing('Deployments', 'There is nothing at /stacky/Deployments'),
  refused('show/1?service=all', 'service must be one of nova, glance, generic, not "all"'),
  refused('show/%zz', 'The URL is not properly percent-encoded UTF-8'),
  refused('timings?name=%E9', 'The URL is not properly percent-encoded UTF-8'),
]

const widths = [10, 1, 15, 20, 'compute.instance.resize.prep.start'.length, 36]
const noon = unix('12:00:00').slice(0, -7)
const w5 = [5, 'E', '2026-11-20', '11:59:58.000001', 'west', 'rescue_instance', worker]
const w6 = [6, ' ', '2026-11-20', '11:59:59.500000', 'west', 'aggregate.create', '-']
const w7 = [7, ' ', '2026-11-20', '12:00:00', 'east', update, worker]

const watches: Case[] = [
  // After two seconds before noon, up to noon.
  { path: 'watch/0', body: [widths, [w5, w6, w7], noon] },
  { path: 'watch/1', body: [widths, [w5, w6], noon] },
  { path: 'watch/2?event_name=&service=', body: [widths, [w7], noon] },
  { path: 'watch/99', body: [widths, [], noon] },
  { path: 'watch/99999999999999999999', body: [widths, [], noon] },
  { path: `watch/0?event_name=${update}`, body: [widths, [w7], noon] },
  { path: `watch/0?since=${unix('11:59:59.500000')}`, body: [widths, [w7], noon] },
  { path: 'watch/0?since=99999999999', body: [widths, [], noon] },
  {
    path: 'watch/0?since=1&service=glance',
    body: [widths, [[1, ' ', '2026-11-20', '10:00:00.500000', 'west', 'image.upload', image]], noon],
  },
  missing('watch/abc', 'id must be a whole number, not "abc"'),
  refused('watch/0?since=abc', 'since must be a unix time, not "abc"'),
]

const timings: Case[] = [
  {
    path: 'timings?name=compute.instance.resize',
    body: [
      ['compute.instance.resize', 'Time'],
      [worker, '-0d 00:00:01.50'],
      [worker, '0d 00:00:01.99'],
      [web, '0d 00:14:11.71'],
    ],
  },
  {
    path: `timings?name=compute.instance.resize&end_when_max=${unix('11:14:11.715400')}&end_when_min=`,
    body: [
      ['compute.instance.resize', 'Time'],
      [web, '0d 00:14:11.71'],
    ],
  },
  { path: 'timings?name=%C3%A9', body: [['é', 'Time']] },
  refused('timings', 'name is missing'),
  {
    path: `timings/uuid?uuid=${undashed(web)}`,
    body: [
      ['?', 'Event', 'Time (secs)'],
      ['.', 'compute.instance.resize', '0d 00:14:11.71'],
      ['.', 'compute.instance.resize.prep', '0d 00:00:00.69'],
      ['S', 'compute.instance.resize', 'n/a'],
      ['E', 'compute.instance.reboot', 'n/a'],
    ],
  },
  {
    path: `timings/uuid?uuid=${web}&limit=1&offset=3`,
    body: [
      ['?', 'Event', 'Time (secs)'],
      ['E', 'compute.instance.reboot', 'n/a'],
    ],
  },
  refused('timings/uuid?uuid=%C3%A9', 'é is not uuid-like'),
  {
    path: 'summary',
    body: [
      ['Event', 'N', 'Min', 'Max', 'Avg'],
      ['compute.instance.resize.prep', 1, '0d 00:00:00.69', '0d 00:00:00.69', '0d 00:00:00'],
      ['compute.instance.resize', 2, '0d 00:00:01.99', '0d 00:14:11.71', '0d 00:07:06'],
    ],
  },
  {
    path: 'summary?limit=all&offset=1',
    body: [
      ['Event', 'N', 'Min', 'Max', 'Avg'],
      ['compute.instance.resize', 1, '0d 00:00:01.99', '0d 00:00:01.99', '0d 00:00:01'],
    ],
  },
  { path: 'summary?limit=0', body: [['Event', 'N', 'Min', 'Max', 'Avg']] },
  refused('summary?limit=most', 'limit must be all, or a whole number and not negative, not "most"'),
]

const searches: Case[] = [
  { path: 'search?field=id&value=7', body: [nova, n7] },
  { path: 'search?field=id&value=99999999999999999999', body: [] },
  { path: 'search?field=id&value=-1', body: [] },
  { path: 'search?field=id__gte&value=7', body: [nova, n8, n7] },
  { path: 'search?field=id__lt&value=2', body: [nova, n1] },
  { path: `search?field=instance&value=${web}&limit=2`, body: [nova, n3, n2] },
  { path: `search?field=instance&value=${web}&limit=2&offset=1`, body: [nova, n2, n1] },
  { path: `search?field=request_id&value=${resize}`, body: [nova, n3, n2, n1] },
  { path: 'search?field=message_id&value=message-nova-4', body: [nova, n4] },
  { path: 'search?field=message_id&value=message-nova-6', body: [] },
  { path: 'search?field=tenant&value=5000&limit=1', body: [nova, n3] },
  { path: 'search?field=event&value=rescue_instance', body: [nova, n5] },
  { path: 'search?field=event&value=RESCUE_INSTANCE', body: [] },
  { path: 'search?field=event__contains&value=_', body: [nova, n5] },
  { path: 'search?field=event__startswith&value=aggregate', body: [nova, n6] },
  { path: 'search?field=event__endswith&value=.end', body: [nova, n3] },
  { path: 'search?field=host&value=a_b%25c', body: [nova, n6] },
  { path: 'search?field=host__contains&value=%25', body: [nova, n6] },
  { path: `search?field=when&value=${unix('11:00:00.000001')}`, body: [nova, n2] },
  { path: `search?field=when__gt&value=${unix('12:00:00')}`, body: [nova, n8] },
  { path: `search?field=when__lte&value=${unix('11:00:00')}`, body: [nova, n1] },
  { path: 'search?field=deployment&value=2&limit=1', body: [nova, n8] },
  { path: 'search?field=deployment__name&value=east&offset=2', body: [nova, n4] },
  { path: 'search?field=deployment__name__startswith&value=ea&offset=2', body: [nova, n4] },
  { path: 'search?field=deployment__name&value=nope', body: [] },
  { path: 'search?field=routing_key&value=monitor.error', body: [nova, n5] },
  { path: `search?field=routing_key&value=monitor.error&when_max=${unix('11:59:58')}`, body: [] },
  { path: 'search?field=state&value=resized', body: [nova, n3] },
  { path: 'search?field=task&value=resize_prep', body: [nova, n2] },
  { path: 'search?field=image_type&value=0&limit=1', body: [nova, n8] },
  { path: 'search?field=service__endswith&value=compute&limit=1', body: [nova, n8] },
  { path: `search?service=glance&field=uuid&value=${image}`, body: [glance, g1] },
  { path: `search?service=glance&field=instance&value=${web}`, body: [glance, g1] },
  { path: 'search?service=glance&field=owner&value=5000', body: [glance, g1] },
  { path: 'search?service=glance&field=status&value=saving', body: [glance, g1] },
  { path: 'search?service=generic&field=request_id&value=req-1', body: [generic, v1] },
  { path: `search?service=generic&field=instance&value=${web}`, body: [generic, v1] },
  refused('search', 'field is missing; value is missing'),
  refused('search?field=id&value=', 'value is missing'),
  ...[
    'nope',
    'Event',
    'event__nope',
    'event__exact',
    'event__gt',
    'id__contains',
    'deployment__gt',
    'constructor',
    '__gt',
    'uuid',
  ].map((field) =>
    refused(
      `search?field=${field}&value=1`,
      `The requested field '${field}' does not exist for the corresponding object`,
    ),
  ),
  refused('search?field=id&value=abc', 'value must be a whole number for id, not "abc"'),
  refused('search?field=when&value=abc', 'value must be a unix time for when, not "abc"'),
  refused(
    'search?service=glance&field=tenant&value=1',
    "The requested field 'tenant' does not exist for the corresponding object",
  ),
]

const kpiHeader = ['Event', 'Time', 'UUID', 'Deployment']
const kpis: Case[] = [
  {
    path: 'kpi?limit=abc',
    body: [
      kpiHeader,
      ['compute.instance.resize', '0d 00:00:03.00', web, 'east'],
      ['compute.instance.resize', '0d 00:00:10.00', web, 'west'],
      ['compute.instance.reboot', '0d 00:00:10.00', web, 'west'],
    ],
  },
  { path: 'kpi/5000', body: [kpiHeader, ['compute.instance.resize', '0d 00:00:10.00', web, 'west']] },
  { path: 'kpi/6000', body: [kpiHeader] },
  missing('kpi/nope', 'Could not find raws for tenant nope'),
  missing('kpi/%00', 'Nothing has a NUL in its name'),
  missing('kpi/a%20b%2Fc', 'Could not find raws for tenant a b/c'),
]

const usage: Case[] = [
  {
    path: 'usage/launches',
    body: [
      ['UUID', 'Launched At', 'Instance Type Id', 'Instance Flavor Id'],
      [worker, '2026-11-20 08:00:00', null, null],
      [web, '2026-11-20 08:00:00', '2', 'f-2'],
      [worker, null, null, null],
    ],
  },
  {
    path: `usage/launches?instance=${undashed(worker)}&limit=1&offset=1`,
    body: [
      ['UUID', 'Launched At', 'Instance Type Id', 'Instance Flavor Id'],
      [worker, null, null, null],
    ],
  },
  refused('usage/launches?instance=abc', 'abc is not uuid-like'),
  {
    path: 'usage/deletes',
    body: [
      ['UUID', 'Launched At', 'Deleted At'],
      [worker, '2026-11-20 08:00:00', '2026-11-20 08:00:01'],
      [web, '2026-11-20 08:00:00', '2026-11-20 08:00:00.000005'],
    ],
  },
  {
    path: `usage/deletes?instance=${web}`,
    body: [
      ['UUID', 'Launched At', 'Deleted At'],
      [web, '2026-11-20 08:00:00', '2026-11-20 08:00:00.000005'],
    ],
  },
  {
    path: 'usage/exists',
    body: [
      ['UUID', 'Launched At', 'Deleted At', 'Instance Type Id', 'Instance Flavor Id', 'Message ID', 'Status'],
      [worker, '2026-11-20 08:00:00', '2026-11-20 08:00:00.000007', null, null, null, 'pending'],
      [web, '2026-11-20 08:00:00', null, '2', 'f-2', 'm-1', 'verified'],
    ],
  },
]

const reportHeader = ['Id', 'Start', 'End', 'Created', 'Name', 'Version']
const hourly = [1, '2026-11-20 00:00:00', '2026-11-20 01:00:00', '2026-11-20 01:00:00.500000', 'hourly', 4]
const daily = [2, '2026-11-20 00:00:00', '2026-11-20 01:00:00', '2026-11-19 00:00:00', 'daily', 4]

const reports: Case[] = [
  { path: 'reports', body: [reportHeader, [1, 1795132800, 1795136400, 1795136400.5, 'hourly', 4]] },
  { path: 'reports?created_from=1&limit=1', body: [reportHeader, [2, 1795132800, 1795136400, 1795046400, 'daily', 4]] },
  { path: 'reports?created_to=1', body: [reportHeader] },
  refused('reports?created_from=abc', 'created_from must be a unix time, not "abc"'),
  { path: 'reports/search', body: [reportHeader, daily, hourly] },
  { path: 'reports/search?id=1', body: [reportHeader, hourly] },
  { path: 'reports/search?name=daily&period_start=2026-11-20+00:00:00', body: [reportHeader, daily] },
  { path: 'reports/search?created=2026-11-19', body: [reportHeader, daily] },
  { path: 'reports/search?period_end=2026-11-20T01:00:00&offset=1', body: [reportHeader, hourly] },
  { path: 'reports/search?period_start=2026-11-21+00:00:00', body: [reportHeader] },
  refused('reports/search?nope=1&zed=', 'The requested fields are not searchable: nope, zed'),
  refused('reports/search?__proto__=1', 'The requested fields are not searchable: __proto__'),
  refused('reports/search?a[b]=', 'The requested fields are not searchable: a[b]'),
  refused('reports/search?created=2026-02-30', 'created must be a day as YYYY-MM-DD, not "2026-02-30"'),
  refused('reports/search?period_start=abc', 'period_start must be a time as YYYY-MM-DD HH:MM:SS, not "abc"'),
  refused('reports/search?id=abc', 'id must be a whole number, not "abc"'),
  missing('report/9', 'There is no report 9'),
  missing('report/abc', 'id must be a whole number, not "abc"'),
]

/** Paths below /stacky/ and what they answer, of the database that fixture.ts fills. */
export const cases: readonly Case[] = [
  ...lists,
  ...uuids,
  ...shows,
  ...watches,
  ...timings,
  ...searches,
  ...kpis,
  ...usage,
  ...reports,
]
