import type { Database } from '@stacktach/db'

/** The clock of the tests. */
export const NOW = at('12:00:00.250000')

export const web = '4fc2f6fe-7110-41a1-bea5-6ae3ab9deb1a'
export const worker = '21738302-3ef2-42fe-9056-80c58215f7ce'
export const image = '860c39d4-3c0c-4552-a700-4ff9837a6520'
export const resize = 'req-8b67bef7-5c4c-4857-878c-1c65809482fd'

/** A time of day on 2026-11-20, in microseconds of unix time. */
export function at(time: string): number {
  const [clock = '', fraction = ''] = time.split('.')
  return Date.parse(`2026-11-20T${clock}Z`) * 1000 + Number(fraction.padEnd(6, '0'))
}

/** A time of day on 2026-11-20 as a parameter: decimal unix time. */
export const unix = (time: string) => (at(time) / 1_000_000).toFixed(6)

export const undashed = (uuid: string) => uuid.replaceAll('-', '')

/** Inserts a few rows for each endpoint. Ids start at 1 in every table. */
export async function fillDatabase(db: Database): Promise<void> {
  await db.prisma.deployment.createMany({ data: [{ name: 'west' }, { name: 'east' }] })
  for (const service of ['nova', 'glance', 'generic']) {
    for (const day of [19, 20, 21]) {
      const lower = BigInt(Date.parse(`2026-11-${day}T00:00:00Z`)) * 1000n
      const upper = lower + 86_400_000_000n
      const name = `notification_${service}_${day}`
      await db.pool.query(
        `create table ${name} partition of notification_${service} for values from (${lower}) to (${upper})`,
      )
      await db.prisma.notificationPartition.create({ data: { service, lower, upper, name } })
    }
  }
  await fillNotifications(db)
  await fillAggregates(db)
}

async function fillNotifications(db: Database): Promise<void> {
  const resizing = { instance: web, requestId: resize, tenant: '5000' }
  const nova = [
    {
      time: '11:00:00',
      event: 'compute.instance.resize.start',
      ...resizing,
      state: 'active',
      oldState: 'stopped',
      task: 'resize_started',
      oldTask: 'resize_asked',
    },
    { time: '11:00:00.000001', event: 'compute.instance.update', ...resizing, task: 'resize_prep', oldTask: null },
    { time: '11:14:11.715400', event: 'compute.instance.resize.end', ...resizing, state: 'resized' },
    { time: '11:59:58', event: 'compute.instance.update', instance: worker, tenant: '6000', deploymentId: 2 },
    { time: '11:59:58.000001', event: 'rescue_instance', instance: worker, routingKey: 'monitor.error', host: null },
    { time: '11:59:59.500000', event: 'aggregate.create', host: 'a_b%c', messageId: null },
    { time: '12:00:00', event: 'compute.instance.update', instance: worker, tenant: '6000', deploymentId: 2 },
    { time: '12:00:00.100000', event: 'compute.instance.update', instance: worker, tenant: '6000', deploymentId: 2 },
  ]
  for (const [index, { time, ...columns }] of nova.entries()) {
    const row = { ...common('nova', index, time), state: '', oldState: '', task: '', oldTask: '', ...columns }
    const empty = { osArchitecture: '', osDistro: '', osVersion: '', raxOptions: '', versioned: false }
    await db.prisma.novaNotification.create({ data: { ...row, ...empty } })
  }
  const glance = {
    ...common('glance', 0, '10:00:00.5'),
    event: 'image.upload',
    status: 'saving',
    requestId: 'req-image',
  }
  await db.prisma.glanceNotification.create({ data: { ...glance, uuid: image, owner: '5000', instance: web } })
  const generic = {
    ...common('generic', 0, '09:00:00'),
    event: 'volume.create',
    requestId: 'req-1',
    instance: web,
    tenant: '7000',
    state: 'available',
    oldState: 'creating',
    task: 'attach',
    oldTask: 'format',
  }
  await db.prisma.genericNotification.create({ data: generic })
  // Set as text, because Prisma would not preserve the digits and the order of keys.
  await db.pool.query(
    `update notification_nova set json = '["monitor.info",{"b":12345678901234567890,"a":1.10}]'::json where id = 1`,
  )

  const lower = BigInt(at('00:00:00'))
  const span = { lower, upper: lower + 86_400_000_000n }
  await db.prisma.notificationSpan.createMany({
    data: [
      ...[web, worker].map((key) => ({ service: 'nova', kind: 'instance', key, ...span })),
      { service: 'nova', kind: 'request', key: resize, ...span },
      { service: 'glance', kind: 'image', key: image, ...span },
      { service: 'glance', kind: 'instance', key: web, ...span },
      { service: 'generic', kind: 'instance', key: web, ...span },
      ...['nova', 'glance', 'generic'].map((service) => ({ service, kind: 'id', key: '0', ...span })),
    ],
  })
  const names = [...new Set(nova.map(({ event }) => event)), 'compute.instance.create.start', 'image.upload']
  await db.prisma.event.createMany({
    data: [
      ...names.map((name) => ({ service: 'nova', name })),
      { service: 'nova', name: 'compute.instance.resize.prep.start' },
      { service: 'glance', name: 'image.upload' },
      { service: 'generic', name: 'Volume.create' },
    ],
  })
  await db.prisma.host.createMany({ data: ['host-2', '', 'a_b%c', 'Z'].map((name) => ({ service: 'nova', name })) })
}

function common(service: string, index: number, time: string) {
  return {
    deploymentId: 1,
    when: BigInt(at(time)),
    dedupKey: `message-${service}-${index + 1}`,
    messageId: `message-${service}-${index + 1}` as string | null,
    routingKey: 'monitor.info',
    publisher: 'compute.host-1',
    service: 'compute',
    host: 'host-1' as string | null,
    requestId: '',
    imageType: 0,
    json: ['monitor.info', {}],
  }
}

async function fillAggregates(db: Database): Promise<void> {
  const timing = (id: number, name: string, when: string, duration: number | null, instance = web) => ({
    instance,
    name: `compute.instance.${name}`,
    notificationId: BigInt(id),
    when: BigInt(at(when)),
    startId: BigInt(id),
    startWhen: BigInt(at(when)),
    ...(duration === null
      ? { counted: false }
      : {
          endId: BigInt(100 + id),
          endWhen: BigInt(at(when) + duration),
          duration: BigInt(duration),
          counted: duration >= 0,
        }),
  })
  await db.prisma.timing.createMany({
    data: [
      timing(1, 'resize', '11:00:00', 851_715_400),
      timing(2, 'resize.prep', '11:00:01', 690_000),
      timing(3, 'resize', '11:30:00', null),
      timing(4, 'resize', '11:40:00', 1_999_999, worker),
      timing(5, 'resize', '11:41:00', -1_500_000, worker),
      { ...timing(6, 'reboot', '11:42:00', null), startId: null, startWhen: null, endId: 106n, endWhen: 1n },
    ],
  })
  await db.prisma.requestTracker.createMany({
    data: [
      { ...tracker('req-a', '11:00:00', 10_000_000), tenant: '5000' },
      { ...tracker('req-b', '00:00:00', 3_000_000), tenant: '7000', deploymentId: 2 },
      { ...tracker('req-c', '11:00:00', 10_000_000), event: 'compute.instance.reboot' },
      { ...tracker('req-edge', '12:00:00', 90_061_123_456), startWhen: BigInt(NOW) - 86_400_000_000n, tenant: '8000' },
      { requestId: 'req-open', startId: 9n, startWhen: BigInt(at('11:00:00')) },
      { ...tracker('req-old', '12:00:00', 1), startWhen: BigInt(at('12:00:00')) - 86_400_000_000n },
    ],
  })
  const launched = BigInt(at('08:00:00'))
  const flavor = { instanceTypeId: '2', instanceFlavorId: 'f-2' }
  await db.prisma.instanceLaunch.createMany({
    data: [
      { instance: web, requestId: 'req-a', launchedAt: launched, firstWhen: 1n, ...flavor },
      { instance: worker, requestId: 'req-b', firstWhen: 2n },
      { instance: worker, requestId: 'req-c', launchedAt: launched, firstWhen: 3n },
    ],
  })
  await db.prisma.instanceDelete.createMany({
    data: [
      { instance: web, launchedAt: launched, deletedAt: launched + 5n, notificationId: 1n },
      { instance: worker, launchedAt: launched, deletedAt: launched + 1_000_000n, notificationId: 2n },
    ],
  })
  const exists = { deploymentId: 1, notificationId: 1n, launchedAt: launched, imageType: 0, versioned: false }
  await db.prisma.instanceExists.createMany({
    data: [
      { ...exists, ...flavor, dedupKey: 'm-1', messageId: 'm-1', when: launched, instance: web, status: 'verified' },
      { ...exists, dedupKey: 'm-2', when: launched + 1n, instance: worker, deletedAt: launched + 7n },
    ],
  })
  const report = { version: 4, periodStart: BigInt(at('00:00:00')), periodEnd: BigInt(at('01:00:00')) }
  await db.prisma.report.createMany({
    data: [
      { ...report, name: 'hourly', createdAt: BigInt(at('01:00:00.5')), json: {} },
      { ...report, name: 'daily', createdAt: BigInt(at('00:00:00')) - 86_400_000_000n, json: {} },
    ],
  })
  await db.pool.query(`update report set json = '[ {"total": 12345678901234567890} ]'::json where id = 1`)
}

function tracker(requestId: string, start: string, duration: number) {
  return {
    requestId,
    startId: 1n,
    startWhen: BigInt(at(start)),
    timingId: 1n,
    event: 'compute.instance.resize',
    instance: web,
    deploymentId: 1,
    endWhen: BigInt(at(start) + duration),
    duration: BigInt(duration),
  }
}
