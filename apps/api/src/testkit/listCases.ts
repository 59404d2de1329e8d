import { type Case, missing, rejected } from './case.ts'
import { image, resize, undashed, unix, web, worker } from './fixture.ts'
import { g1, generic, glance, n1, n2, n3, n4, n5, n7, n8, nova, onUuid, update, v1 } from './listedRows.ts'

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
  { path: 'hosts', body: [['Host Name'], [null], ['Z'], ['a_b%c'], ['host-2']] },
  { path: 'hosts?service=', body: [['Host Name'], [null], ['Z'], ['a_b%c'], ['host-2']] },
  { path: 'hosts?service=generic', body: [['Host Name']] },
  rejected('hosts?service=nova&service=nova', 'service must not be repeated'),
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
  { path: `uuid?uuid=${undashed(image)}&service=glance&when_min=${unix('10:00:00.5')}`, body: [glance, g1] },
  { path: `uuid?uuid=${image}&service=glance&when_min=${unix('10:00:00.500001')}`, body: [] },
  { path: `uuid?uuid=${web}&service=glance`, body: [] },
  { path: `uuid?uuid=${web}&service=generic&when_max=${unix('09:00:00')}`, body: [generic, v1] },
  { path: `uuid?uuid=${web}&service=generic&when_max=${unix('08:59:59.999999')}`, body: [] },
  {
    path: `uuid?uuid=${web}&when_min=${unix('11:00:00.000001')}&when_max=${unix('11:00:00.000001')}`,
    body: [onUuid, n2],
  },
  { path: `uuid?uuid=${web}&when_min=${unix('11:00:01')}&when_max=${unix('11:00:00')}`, body: [] },
  { path: `uuid?uuid=${worker}&service=nova`, body: [onUuid, n4, n5, n7, n8] },
  { path: `uuid?uuid=${worker}&limit=2&offset=1`, body: [onUuid, n5, n7] },
  { path: `uuid?uuid=${image}`, body: [] },
  rejected(`uuid?uuid=${web}%0A`, `${web}\n is not uuid-like`),
  rejected(`uuid?uuid=${web.slice(0, 8)}${web.slice(9)}`, `${web.slice(0, 8)}${web.slice(9)} is not uuid-like`),
  rejected('uuid?uuid=%00', 'uuid must not contain NUL'),
  rejected(
    `uuid?uuid=${web}&limit=-1&when_max=abc`,
    'when_max must be a unix time, not "abc"; limit must be a non-negative whole number, not "-1"',
  ),
  rejected(`uuid?uuid=${web}&offset=x`, 'offset must be a non-negative whole number, not "x"'),
  { path: `request?request_id=${resize}`, body: [nova, n1, n2, n3] },
  { path: `request?request_id=${resize.slice(4)}`, body: [nova, n1, n2, n3] },
  { path: `request?request_id=req-${undashed(resize.slice(4))}&limit=1`, body: [nova, n1] },
  { path: `request?request_id=${resize}&when_min=${unix('11:14:11.715400')}`, body: [nova, n3] },
  { path: `request?request_id=${resize}&when_max=${unix('11:14:11.715400')}`, body: [nova, n1, n2, n3] },
  { path: `request?request_id=${resize}&when_max=${unix('11:14:11.715399')}&offset=1`, body: [nova, n2] },
  { path: `request?request_id=${undashed(resize.slice(4))}&offset=2`, body: [nova, n3] },
  { path: `request?request_id=${resize}&limit=0`, body: [nova] },
  { path: `request?request_id=${resize}&limit=&offset=&when_min=&when_max=`, body: [nova, n1, n2, n3] },
  { path: `request?request_id=req-${web}`, body: [nova] },
]

const shownNotification = (rows: [string, unknown][], text: string, uuid: string | null) => [
  [['Key', 'Value'], ...rows],
  text,
  uuid,
]

const shows: Case[] = [
  {
    path: 'show/1',
    body: shownNotification(
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
    body: shownNotification(
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
        ['Req ID', 'req-image'],
      ],
      '[\n  "monitor.info",\n  {}\n]',
      image,
    ),
  },
  {
    path: 'show/1?service=generic',
    body: shownNotification(
      [
        ['#', 1],
        ['When', '2026-11-20 09:00:00'],
        ['Deployment', 'west'],
        ['Category', 'monitor.info'],
        ['Publisher', 'compute.host-1'],
        ['State', 'available'],
        ['Event', 'volume.create'],
        ['Service', 'compute'],
        ['Host', 'host-1'],
        ['UUID', web],
        ['Req ID', 'req-1'],
      ],
      '[\n  "monitor.info",\n  {}\n]',
      web,
    ),
  },
  {
    // Without an instance and a request.
    path: 'show/6?service=',
    body: shownNotification(
      [
        ['#', 6],
        ['When', '2026-11-20 11:59:59.500000'],
        ['Deployment', 'west'],
        ['Category', 'monitor.info'],
        ['Publisher', 'compute.host-1'],
        ['State', ''],
        ['Event', 'aggregate.create'],
        ['Service', 'compute'],
        ['Host', 'a_b%c'],
        ['UUID', null],
        ['Req ID', ''],
      ],
      '[\n  "monitor.info",\n  {}\n]',
      null,
    ),
  },
  {
    path: 'show/5',
    body: shownNotification(
      [
        ['#', 5],
        ['When', '2026-11-20 11:59:58.000001'],
        ['Deployment', 'west'],
        ['Category', 'monitor.error'],
        ['Publisher', 'compute.host-1'],
        ['State', ''],
        ['Event', 'rescue_instance'],
        ['Service', 'compute'],
        ['Host', null],
        ['UUID', worker],
        ['Req ID', ''],
      ],
      '[\n  "monitor.info",\n  {}\n]',
      worker,
    ),
  },
  missing('show/2?service=glance', 'There is no glance notification 2'),
  missing('show/2?service=generic', 'There is no generic notification 2'),
  missing('show/1.5', 'id must be a whole number, not "1.5"'),
  missing('show/0', 'There is no nova notification 0'),
  missing('show/10001', 'There is no nova notification 10001'),
  missing('show/abc', 'id must be a whole number, not "abc"'),
  missing('show/-1', 'id must be a whole number, not "-1"'),
  missing('show/99999999999999999999', 'There is no nova notification 9223372036854775807'),
  missing('show/%00', 'id must be a whole number, not "\\u0000"'),
  missing('show/', 'There is no endpoint at /stacky/show/'),
  missing('nope/', 'There is no endpoint at /stacky/nope/'),
  missing('Deployments', 'There is no endpoint at /stacky/Deployments'),
  rejected('show/%zz', 'The URL is not properly percent-encoded UTF-8'),
  rejected('timings?name=%E9', 'The URL is not properly percent-encoded UTF-8'),
]

const widths = [10, 1, 15, 20, 'compute.instance.resize.prep.start'.length, 36]
const noon = unix('12:00:00').slice(0, -7)
const w5 = [5, 'E', '2026-11-20', '11:59:58.000001', 'west', 'rescue_instance', worker]
const w6 = [6, ' ', '2026-11-20', '11:59:59.500000', 'west', 'aggregate.create', '-']
const w7 = [7, ' ', '2026-11-20', '12:00:00', 'east', update, worker]

const watches: Case[] = [
  // The default period: the two seconds up to noon.
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
  { path: `watch/0?since=${unix('11:59:59.500000')}&service=`, body: [widths, [w7], noon] },
  { path: `watch/0?since=${unix('11:59:59.499999')}`, body: [widths, [w6, w7], noon] },
  { path: `watch/0?since=${unix('12:00:00')}`, body: [widths, [], noon] },
  { path: `watch/1?since=1&event_name=rescue_instance`, body: [widths, [w5], noon] },
  { path: `watch/2?since=1&event_name=rescue_instance`, body: [widths, [], noon] },
  { path: 'watch/0?since=1&event_name=nope', body: [widths, [], noon] },
  { path: 'watch/0?since=1&event_name=RESCUE_INSTANCE', body: [widths, [], noon] },
  {
    path: 'watch/1?since=1&service=generic',
    body: [widths, [[1, ' ', '2026-11-20', '09:00:00', 'west', 'volume.create', web]], noon],
  },
  { path: 'watch/2?since=1&service=generic', body: [widths, [], noon] },
  { path: 'watch/1?service=glance', body: [widths, [], noon] },
  missing('watch/', 'There is no endpoint at /stacky/watch/'),
  missing('watch/-1', 'id must be a whole number, not "-1"'),
  missing('watch/abc', 'id must be a whole number, not "abc"'),
]

/** Cases of the endpoints of notifications, names and deployments. */
export const listCases: readonly Case[] = [...lists, ...uuids, ...shows, ...watches]
