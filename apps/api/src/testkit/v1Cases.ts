import { correctionCursor } from '../v1/resources/usageChecks.ts'
import { image, resize, undashed, web, worker } from './fixture.ts'
import { create, old, volumeOnly } from './v1Fixture.ts'

/** A request to /v1 and its expected answer. */
export interface V1Case {
  /** Below `/v1/`, with the query. */
  path: string
  body: unknown
}

const page = (...items: unknown[]) => ({ items, next: null })

/** A path whose items are compared by some of their members. */
export interface V1ListCase {
  path: string
  /** One text for each item: the values of the members, joined by blanks. */
  members: readonly string[]
  items: readonly string[]
}

const resizeStart = {
  service: 'nova',
  id: 1,
  when: '2026-11-20T11:00:00.000000Z',
  deployment: 'west',
  event: 'compute.instance.resize.start',
  error: false,
  publisher: 'compute.host-1',
  component: 'compute',
  host: 'host-1',
  message_id: 'message-nova-1',
  request_id: resize,
  tenant: '5000',
  user_id: null,
  instance: web,
  image: null,
  state: 'active',
  old_state: 'stopped',
  task: 'resize_started',
  old_task: 'resize_asked',
}

const upload = {
  ...{ ...resizeStart, service: 'glance', when: '2026-11-20T10:00:00.500000Z', event: 'image.upload' },
  ...{ message_id: 'message-glance-1', request_id: 'req-image', image, state: 'saving' },
  ...{ old_state: null, task: null, old_task: null },
}

const resizing = {
  id: 2,
  name: 'compute.instance.resize',
  instance: web,
  request_id: resize,
  when: '2026-11-20T11:00:00.000000Z',
  ended_at: '2026-11-20T11:14:11.715400Z',
  duration: 851.7154,
  outcome: 'done',
  attempts: [
    {
      started_at: '2026-11-20T11:00:00.000000Z',
      ended_at: '2026-11-20T11:14:11.715400Z',
      outcome: 'done',
      host: 'host-1',
      error: null,
    },
  ],
  deployment: 'west',
  tenant: '5000',
  user_id: 'u-1',
  host: 'host-1',
  flavor: 'm1',
  image: 'cirros',
  notification: 2,
}

const noHost = 'No valid host was found.'

const creating = {
  ...{ ...resizing, id: 1, name: 'compute.instance.create', request_id: create, when: '2026-11-20T08:00:00.000000Z' },
  ...{ ended_at: '2026-11-20T08:10:00.500000Z', duration: 600.5, outcome: 'failed', notification: 1 },
  attempts: [
    {
      started_at: '2026-11-20T08:00:00.000000Z',
      ended_at: '2026-11-20T08:05:00.000000Z',
      outcome: 'failed',
      host: 'host-1',
      error: noHost,
    },
    {
      started_at: '2026-11-20T08:05:00.000000Z',
      ended_at: '2026-11-20T08:10:00.500000Z',
      outcome: 'failed',
      host: 'host-2',
      error: noHost,
    },
  ],
}

const pausing = {
  ...{ ...resizing, id: 5, name: 'compute.instance.pause', instance: worker, request_id: '', tenant: '6000' },
  ...{ when: '2026-11-20T11:59:59.000000Z', ended_at: null, duration: null, outcome: 'open', notification: 5 },
  attempts: [
    { started_at: '2026-11-20T11:59:59.000000Z', ended_at: null, outcome: 'open', host: 'host-1', error: null },
  ],
}

const launchOfOld = {
  id: 4,
  request_id: 'req-old',
  launched_at: '2026-11-19T00:00:00.000000Z',
  instance_type_id: null,
  instance_flavor_id: null,
  tenant: '5000',
}

const existsOfOld = {
  id: 7,
  when: '2026-11-20T00:00:00.000000Z',
  notification: 1,
  message_id: 'u-5',
  launched_at: '2026-11-19T23:59:59.500000Z',
  deleted_at: null,
  audit_period_beginning: '2026-11-19T00:00:00.000000Z',
  audit_period_ending: '2026-11-20T00:00:00.000000Z',
  instance_type_id: null,
  instance_flavor_id: null,
  flavor_name: 'm1',
  tenant: '5000',
  status: 'verified',
  fail_reason: null,
  published: false,
}

const unknownHead = {
  ...{ display_name: null, user_id: null, host: null, deployment: null, state: null, task_state: null, flavor: null },
  ...{ image: null, updated_at: null, deleted_at: null, operations: page(), deletes: page() },
}

const figures = { count: 3, median: 20.346598, p95: 40, p99: 40, max: 40 }
const [ten, twenty, forty] = [
  { from: 9.741985, until: 10.173299, count: 1 },
  { from: 19.483969, until: 20.346598, count: 1 },
  { from: 38.967939, until: 40.693197, count: 1 },
]

const slow = (id: number, seconds: number, deployment: string) => ({
  id,
  instance: web,
  request_id: create,
  started_at: '2026-11-20T09:00:00.000000Z',
  ended_at: `2026-11-20T09:00:${seconds}.000000Z`,
  duration: seconds,
  deployment,
})

const hourlyReport = {
  id: 1,
  name: 'hourly',
  version: 4,
  region: '',
  period_start: '2026-11-20T00:00:00.000000Z',
  period_end: '2026-11-20T01:00:00.000000Z',
  created_at: '2026-11-20T01:00:00.500000Z',
}

const lastDay = { from: '2026-11-19T12:00:00.250000Z', until: '2026-11-20T12:00:00.250001Z' }

const counts = (pending: number, verified: number, failed: number) => ({ pending, verifying: 0, verified, failed })

/** Answers in full. */
export const v1Cases: readonly V1Case[] = [
  {
    path: `instances/${old}`,
    body: {
      ...{ instance: old, tenant: '5000', ...unknownHead, launched_at: '2026-11-19T00:00:00.000000Z' },
      ...{ launches: page(launchOfOld), exists: page(existsOfOld) },
    },
  },
  {
    path: `instances/${volumeOnly}`,
    body: {
      ...{ instance: volumeOnly, tenant: null, ...unknownHead, launched_at: null },
      ...{ launches: page(), exists: page() },
    },
  },
  { path: `instances/${web}/operations`, body: page(resizing, creating) },
  { path: `instances/${undashed(web)}/operations?limit=1000&after=`, body: page(resizing, creating) },
  {
    path: `instances/${web}/deletes`,
    body: page({
      id: 1,
      launched_at: '2026-11-20T08:00:00.000000Z',
      deleted_at: '2026-11-20T08:00:00.000005Z',
      status: 'deleted',
      effective: true,
    }),
  },
  { path: `notifications?service=glance&until=2026-11-20T11:00:00Z`, body: page(upload) },
  { path: 'notifications?service=nova&until=2026-11-20T11:00:00.000001Z', body: page(resizeStart) },
  { path: 'notifications?deployment=nope', body: page() },
  { path: 'notifications/nova/1', body: { ...resizeStart, body: { b: 12345678901234567890n, a: 1.1 } } },
  {
    path: 'operations/open?name=compute.instance.pause',
    body: page({ ...pausing, age: 1.25, p99: null, stuck: false }),
  },
  {
    path: 'failures',
    body: {
      ...lastDay,
      groups: [
        {
          ...{ event: 'compute.instance.create', count: 2, instances: 1, operations: 1 },
          ...{ first: '2026-11-20T08:05:00.000000Z', last: '2026-11-20T08:10:00.500000Z' },
        },
        {
          ...{ event: 'compute.instance.reboot', count: 1, instances: 1, operations: 2 },
          ...{ first: '2026-11-20T08:10:00.500000Z', last: '2026-11-20T08:10:00.500000Z' },
        },
      ],
      hours: [{ hour: '2026-11-20T08:00:00.000000Z', count: 3 }],
    },
  },
  {
    path: 'failures?by=image&from=2026-11-19&until=2026-11-20T08:10:00%2B00:00',
    body: {
      ...{ from: '2026-11-19T00:00:00.000000Z', until: '2026-11-20T08:10:00.000000Z' },
      groups: [
        {
          ...{ image: 'cirros', count: 2, instances: 1, operations: null },
          ...{ first: '2026-11-19T00:00:00.000000Z', last: '2026-11-20T08:05:00.000000Z' },
        },
      ],
      hours: [
        { hour: '2026-11-19T00:00:00.000000Z', count: 1 },
        { hour: '2026-11-20T08:00:00.000000Z', count: 1 },
      ],
    },
  },
  {
    path: 'failures/list?event=compute.instance.reboot',
    body: page({
      ...{ id: 3, when: '2026-11-20T08:10:00.500000Z', event: 'compute.instance.reboot', error: 'Timed out.' },
      ...{ instance: web, request_id: create, deployment: 'west', tenant: '5000', host: 'host-2', flavor: null },
      ...{ image: 'cirros', notification: 33 },
    }),
  },
  { path: 'timings', body: { items: [{ name: 'compute.instance.rebuild', ...figures }] } },
  {
    path: 'timings/compute.instance.rebuild?limit=2',
    body: {
      ...{ name: 'compute.instance.rebuild', ...figures, histogram: [ten, twenty, forty] },
      by_deployment: [
        { deployment: 'east', count: 1, median: 40, p95: 40, p99: 40, max: 40, histogram: [forty] },
        {
          ...{ deployment: 'west', count: 2, median: 10.173299, p95: 20.346598, p99: 20.346598, max: 20.346598 },
          histogram: [ten, twenty],
        },
      ],
      slowest: [slow(9, 40, 'east'), slow(8, 20, 'west')],
    },
  },
  {
    path: 'exists',
    body: {
      ...{ from: '2026-11-13T12:00:00.250001Z', until: '2026-11-20T12:00:00.250001Z' },
      items: [
        {
          ...{ beginning: '2026-11-20T00:00:00.000000Z', ending: '2026-11-21T00:00:00.000000Z', partial: true },
          ...counts(1, 0, 0),
        },
        {
          ...{ beginning: '2026-11-20T00:00:00.000000Z', ending: '2026-11-20T01:00:00.000000Z', partial: false },
          ...counts(0, 1, 0),
        },
        {
          ...{ beginning: '2026-11-19T00:00:00.000000Z', ending: '2026-11-20T00:00:00.000000Z', partial: false },
          ...counts(0, 2, 1),
        },
      ],
    },
  },
  {
    path: 'exists?service=glance&from=2026-11-20&until=2026-11-21',
    body: {
      ...{ from: '2026-11-20T00:00:00.000000Z', until: '2026-11-21T00:00:00.000000Z' },
      items: [
        {
          ...{ beginning: '2026-11-19T00:00:00.000000Z', ending: '2026-11-20T00:00:00.000000Z', partial: false },
          ...counts(0, 1, 0),
        },
      ],
    },
  },
  {
    path: 'usage?tenant=5000',
    body: {
      ...{ from: '2026-11-01T00:00:00.000000Z', until: '2026-12-01T00:00:00.000000Z', closed: false },
      ...page({
        ...{ instance: web, tenant: '5000', deployment: 'west', final: false, seconds: 90_000 },
        // A day and an hour, half of it reported twice.
        flavors: [{ deployment: 'west', flavor: null, flavor_name: 'm1', memory_mb: null, seconds: 90_000 }],
        exists: counts(1, 2, 0),
        gaps: [],
      }),
    },
  },
  {
    path: 'usage?tenant=nope&until=2026-02-10',
    body: {
      ...{ from: '2026-02-01T00:00:00.000000Z', until: '2026-02-10T00:00:00.000000Z' },
      closed: false,
      ...page(),
    },
  },
  {
    path: 'usage/summary?from=2026-11-20&until=2026-11-21&deployment=west',
    body: {
      ...{ from: '2026-11-20T00:00:00.000000Z', until: '2026-11-21T00:00:00.000000Z', final: false, closed: false },
      items: [{ tenant: '5000', flavor: null, flavor_name: 'm1', memory_mb: null, instances: 1, seconds: 3_600 }],
      ...{ missing_seconds: 0, missing: [], corrections: correctionCursor.encode(2) },
    },
  },
  {
    path: 'usage/missing?tenant=5000&host=host-1',
    body: page({
      ...{ instance: web, tenant: '5000', deployment: 'west', host: 'host-1', seconds: 3_600 },
      ...{ from: '2026-11-20T09:00:00.000000Z', until: '2026-11-20T10:00:00.000000Z' },
    }),
  },
  {
    path: 'usage/corrections?tenant=5000&limit=1',
    body: {
      items: [
        {
          ...{ id: 1, at: '2026-11-20T10:00:00.000000Z', day: '2026-11-19', instance: web, tenant: '5000' },
          ...{ deployment: 'west', flavor: '2', flavor_name: 'm1', memory_mb: 512, before: 86_400, after: 3_600.5 },
          ...{ reason: 'contradicted exists', confirmed: true },
        },
      ],
      next: correctionCursor.encode(1),
      last: correctionCursor.encode(1),
    },
  },
  {
    path: `usage/corrections?after=${correctionCursor.encode(2)}`,
    body: { items: [], next: null, last: correctionCursor.encode(2) },
  },
  { path: 'reports?name=hourly', body: page(hourlyReport) },
  { path: 'reports/1', body: { ...hourlyReport, parameters: {}, report: [{ total: 12345678901234567890n }] } },
  {
    path: 'deployments',
    body: {
      items: [
        { id: 2, name: 'east', last_notification_at: null },
        { id: 1, name: 'west', last_notification_at: '2026-11-20T12:00:00.100000Z' },
      ],
    },
  },
]

const notification = ['service', 'id'] as const

/** Lists with each filter and order. */
export const v1ListCases: readonly V1ListCase[] = [
  {
    path: `instances/${web}/notifications`,
    members: notification,
    items: [
      ...['nova 21', 'nova 20', 'glance 20', 'generic 21', 'generic 20'],
      ...['nova 3', 'nova 2', 'nova 1', 'glance 1', 'generic 1'],
    ],
  },
  { path: `instances/${web}/notifications?service=glance`, members: notification, items: ['glance 20', 'glance 1'] },
  { path: `instances/${web}/notifications?errors=true`, members: notification, items: ['nova 21'] },
  {
    path: `instances/${web}/notifications?event=volume.tie`,
    members: notification,
    items: ['generic 21', 'generic 20'],
  },
  {
    path: `instances/${worker}/launches`,
    members: ['id', 'launched_at'],
    items: ['2 null', '3 2026-11-20T08:00:00.000000Z'],
  },
  {
    path: `instances/${web}/exists`,
    members: ['message_id', 'published'],
    items: ['m-1 false', 'u-3 false', 'u-4 true', 'u-1 false'],
  },
  { path: 'notifications?deployment=east', members: notification, items: ['nova 8', 'nova 7', 'nova 4'] },
  { path: 'notifications?event=compute.instance.tie', members: notification, items: ['nova 20'] },
  { path: 'notifications?host=a_b%25c', members: notification, items: ['nova 6'] },
  { path: 'notifications?tenant=5000&service=glance', members: notification, items: ['glance 20', 'glance 1'] },
  { path: 'notifications?tenant=7000', members: notification, items: ['generic 1'] },
  { path: `notifications?instance=${undashed(web)}&errors=1`, members: notification, items: ['nova 21'] },
  { path: `notifications?image=${image}`, members: notification, items: ['glance 20', 'glance 1'] },
  { path: `notifications?image=${image}&service=nova`, members: notification, items: [] },
  { path: `notifications?request=${resize}`, members: notification, items: ['nova 3', 'nova 2', 'nova 1'] },
  {
    path: `notifications?request=${create}`,
    members: notification,
    items: ['nova 21', 'nova 20', 'glance 20', 'generic 21', 'generic 20'],
  },
  { path: 'notifications?errors=true', members: notification, items: ['nova 5', 'nova 21'] },
  { path: 'notifications?errors=0&from=2026-11-20T12:00:00Z', members: notification, items: ['nova 8', 'nova 7'] },
  {
    path: 'notifications?from=2026-11-20T12:00:00Z&until=2026-11-20T12:00:00.1Z&limit=1',
    members: notification,
    items: ['nova 7'],
  },
  { path: 'operations/open', members: ['id', 'stuck'], items: ['3 true', '4 true', '5 false'] },
  { path: 'operations/open?stuck=true', members: ['id', 'age'], items: ['3 3600.25', '4 3600.25'] },
  { path: 'operations/open?deployment=east', members: ['id'], items: ['3'] },
  { path: 'failures/list', members: ['id'], items: ['3', '2', '1'] },
  { path: 'failures/list?from=2026-11-01', members: ['id'], items: ['3', '2', '1', '4'] },
  { path: 'failures/list?until=2026-11-19T12:00:00Z', members: ['id'], items: ['4'] },
  { path: 'failures/list?host=host-2&flavor=m1', members: ['id'], items: ['2'] },
  { path: 'failures/list?error=Timed out.'.replace(' ', '%20'), members: ['id'], items: ['3'] },
  { path: `failures/list?image=cirros&instance=${web}&deployment=west`, members: ['id'], items: ['3', '2', '1'] },
  { path: 'usage?tenant=5000', members: ['instance'], items: [web] },
  { path: 'usage/missing?tenant=5000', members: ['instance', 'host'], items: [`${web} host-1`, `${web} host-2`] },
  { path: 'usage/missing?deployment=west&from=2026-11-19T08:00:00Z', members: ['host'], items: ['host-1', 'host-2'] },
  { path: 'usage/corrections?tenant=5000', members: ['id'], items: ['1', '2'] },
  { path: 'usage/corrections?region=WE&confirmed=false', members: ['id'], items: ['2'] },
  { path: 'reports', members: ['id'], items: ['1', '2'] },
  { path: 'reports?from=2026-11-20T01:00:00Z', members: ['id'], items: ['1'] },
]
