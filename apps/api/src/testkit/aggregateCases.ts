import { type Case, missing, rejected } from './case.ts'
import { image, undashed, unix, web, worker } from './fixture.ts'

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
  {
    path: `timings?name=compute.instance.resize&end_when_min=${unix('11:14:11.715400')}&end_when_max=${unix('11:40:01.999999')}`,
    body: [
      ['compute.instance.resize', 'Time'],
      [worker, '0d 00:00:01.99'],
      [web, '0d 00:14:11.71'],
    ],
  },
  {
    path: `timings?name=compute.instance.resize&end_when_min=${unix('11:14:11.715401')}&end_when_max=${unix('11:40:01.999998')}`,
    body: [['compute.instance.resize', 'Time']],
  },
  {
    path: 'timings?name=compute.instance.resize&limit=1&offset=1',
    body: [
      ['compute.instance.resize', 'Time'],
      [worker, '0d 00:00:01.99'],
    ],
  },
  { path: 'timings?name=compute.instance.resize&limit=0', body: [['compute.instance.resize', 'Time']] },
  { path: 'timings?name=compute.instance.resize&offset=9', body: [['compute.instance.resize', 'Time']] },
  // A timing with an end only, a name in another case, and an event name instead of a timing name.
  { path: 'timings?name=compute.instance.reboot', body: [['compute.instance.reboot', 'Time']] },
  { path: 'timings?name=Compute.Instance.Resize', body: [['Compute.Instance.Resize', 'Time']] },
  { path: 'timings?name=compute.instance.resize.start', body: [['compute.instance.resize.start', 'Time']] },
  { path: 'timings?name=%C3%A9', body: [['é', 'Time']] },
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
  {
    path: `timings/uuid?uuid=${worker}&limit=`,
    body: [
      ['?', 'Event', 'Time (secs)'],
      ['.', 'compute.instance.resize', '0d 00:00:01.99'],
      ['.', 'compute.instance.resize', '-0d 00:00:01.50'],
    ],
  },
  { path: `timings/uuid?uuid=${image}`, body: [['?', 'Event', 'Time (secs)']] },
  { path: `timings/uuid?uuid=${web}&limit=0`, body: [['?', 'Event', 'Time (secs)']] },
  {
    path: 'summary?limit=1',
    body: [
      ['Event', 'N', 'Min', 'Max', 'Avg'],
      ['compute.instance.resize.prep', 1, '0d 00:00:00.69', '0d 00:00:00.69', '0d 00:00:00'],
      ['compute.instance.resize', 1, '0d 00:14:11.71', '0d 00:14:11.71', '0d 00:14:11'],
    ],
  },
  {
    path: 'summary?limit=all',
    body: [
      ['Event', 'N', 'Min', 'Max', 'Avg'],
      ['compute.instance.resize.prep', 1, '0d 00:00:00.69', '0d 00:00:00.69', '0d 00:00:00'],
      ['compute.instance.resize', 2, '0d 00:00:01.99', '0d 00:14:11.71', '0d 00:07:06'],
    ],
  },
  { path: 'summary?offset=2', body: [['Event', 'N', 'Min', 'Max', 'Avg']] },
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
  rejected('summary?limit=most', 'limit must be all, or a non-negative whole number, not "most"'),
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
      // Started exactly 24 hours ago.
      ['compute.instance.resize', '1d 01:01:01.12', web, 'west'],
    ],
  },
  { path: 'kpi/5000', body: [kpiHeader, ['compute.instance.resize', '0d 00:00:10.00', web, 'west']] },
  { path: 'kpi/6000', body: [kpiHeader] },
  { path: 'kpi/7000', body: [kpiHeader, ['compute.instance.resize', '0d 00:00:03.00', web, 'east']] },
  { path: 'kpi/8000', body: [kpiHeader, ['compute.instance.resize', '1d 01:01:01.12', web, 'west']] },
  missing('kpi/0', 'Could not find raws for tenant 0'),
  missing('kpi/nope', 'Could not find raws for tenant nope'),
  missing('kpi/%00', 'The path must not contain NUL'),
  missing('kpi/a%20b%2Fc', 'Could not find raws for tenant a b/c'),
]

const [launchHeader, deleteHeader, existsHeader] = [
  ['UUID', 'Launched At', 'Instance Type Id', 'Instance Flavor Id'],
  ['UUID', 'Launched At', 'Deleted At'],
  ['UUID', 'Launched At', 'Deleted At', 'Instance Type Id', 'Instance Flavor Id', 'Message ID', 'Status'],
]
const existsOfWeb = [web, '2026-11-20 08:00:00', null, '2', 'f-2', 'm-1', 'verified']
const existsOfWorker = [worker, '2026-11-20 08:00:00', '2026-11-20 08:00:00.000007', null, null, null, 'pending']

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
  { path: `usage/launches?instance=${web}`, body: [launchHeader, [web, '2026-11-20 08:00:00', '2', 'f-2']] },
  { path: 'usage/launches?limit=2&offset=2', body: [launchHeader, [worker, null, null, null]] },
  { path: 'usage/launches?offset=3', body: [launchHeader] },
  { path: 'usage/launches?limit=0', body: [launchHeader] },
  { path: `usage/launches?instance=${image}`, body: [launchHeader] },
  {
    path: 'usage/deletes?limit=1&offset=1',
    body: [deleteHeader, [web, '2026-11-20 08:00:00', '2026-11-20 08:00:00.000005']],
  },
  {
    path: `usage/deletes?instance=${undashed(worker)}`,
    body: [deleteHeader, [worker, '2026-11-20 08:00:00', '2026-11-20 08:00:01']],
  },
  { path: `usage/deletes?instance=${image}`, body: [deleteHeader] },
  { path: 'usage/deletes?limit=0', body: [deleteHeader] },
  { path: `usage/exists?instance=${undashed(web)}`, body: [existsHeader, existsOfWeb] },
  { path: 'usage/exists?limit=1', body: [existsHeader, existsOfWorker] },
  { path: 'usage/exists?limit=1&offset=1', body: [existsHeader, existsOfWeb] },
  { path: `usage/exists?instance=${image}`, body: [existsHeader] },
  { path: 'usage/exists?limit=0', body: [existsHeader] },
]

const reportHeader = ['Id', 'Start', 'End', 'Created', 'Name', 'Version']
const hourly = [1, '2026-11-20 00:00:00', '2026-11-20 01:00:00', '2026-11-20 01:00:00.500000', 'hourly', 4]
const daily = [2, '2026-11-20 00:00:00', '2026-11-20 01:00:00', '2026-11-19 00:00:00', 'daily', 4]

const reports: Case[] = [
  { path: 'reports', body: [reportHeader, [1, 1795132800, 1795136400, 1795136400.5, 'hourly', 4]] },
  { path: 'reports?created_from=1&limit=1', body: [reportHeader, [2, 1795132800, 1795136400, 1795046400, 'daily', 4]] },
  { path: 'reports?created_to=1', body: [reportHeader] },
  {
    path: `reports?created_from=${unix('01:00:00.5')}&created_to=${unix('01:00:00.5')}`,
    body: [reportHeader, [1, 1795132800, 1795136400, 1795136400.5, 'hourly', 4]],
  },
  { path: `reports?created_from=${unix('01:00:00.500001')}`, body: [reportHeader] },
  { path: `reports?created_from=1&created_to=${unix('01:00:00.499999')}&offset=1`, body: [reportHeader] },
  {
    path: 'reports?created_from=1',
    body: [
      reportHeader,
      [2, 1795132800, 1795136400, 1795046400, 'daily', 4],
      [1, 1795132800, 1795136400, 1795136400.5, 'hourly', 4],
    ],
  },
  {
    path: 'reports?created_from=1&limit=1&offset=1',
    body: [reportHeader, [1, 1795132800, 1795136400, 1795136400.5, 'hourly', 4]],
  },
  { path: 'reports?created_from=1&limit=0', body: [reportHeader] },
  { path: 'reports/search', body: [reportHeader, daily, hourly] },
  { path: 'reports/search?limit=1', body: [reportHeader, daily] },
  { path: 'reports/search?limit=0', body: [reportHeader] },
  {
    path: 'reports/search?id=2&name=daily&created=2026-11-19&period_end=2026-11-20+01:00:00',
    body: [reportHeader, daily],
  },
  { path: 'reports/search?id=2&name=hourly', body: [reportHeader] },
  { path: 'reports/search?name=DAILY', body: [reportHeader] },
  { path: 'reports/search?name=hour', body: [reportHeader] },
  { path: 'reports/search?id=99999999999999999999', body: [reportHeader] },
  { path: 'reports/search?created=2026-11-21', body: [reportHeader] },
  { path: 'reports/search?period_start=2026-11-20T00:00:00Z', body: [reportHeader, daily, hourly] },
  { path: 'reports/search?id=1', body: [reportHeader, hourly] },
  { path: 'reports/search?name=daily&period_start=2026-11-20+00:00:00', body: [reportHeader, daily] },
  { path: 'reports/search?created=2026-11-19', body: [reportHeader, daily] },
  { path: 'reports/search?period_end=2026-11-20T01:00:00&offset=1', body: [reportHeader, hourly] },
  { path: 'reports/search?period_start=2026-11-21+00:00:00', body: [reportHeader] },
  rejected('reports/search?nope=1&zed=', 'The requested fields are not searchable: nope, zed'),
  rejected('reports/search?__proto__=1', 'The requested fields are not searchable: __proto__'),
  rejected('reports/search?a[b]=', 'The requested fields are not searchable: a[b]'),
  rejected('reports/search?created=2026-02-30', 'created must be a day as YYYY-MM-DD, not "2026-02-30"'),
  { path: 'report/2', body: {} },
  missing('report/0', 'There is no report 0'),
  missing('report/-1', 'id must be a whole number, not "-1"'),
  missing('report/99999999999999999999', 'There is no report 9223372036854775807'),
  missing('report/', 'There is no endpoint at /stacky/report/'),
  missing('report/9', 'There is no report 9'),
  missing('report/abc', 'id must be a whole number, not "abc"'),
]

/** Cases of the endpoints of timings, requests, usage and reports. */
export const aggregateCases: readonly Case[] = [...timings, ...kpis, ...usage, ...reports]
