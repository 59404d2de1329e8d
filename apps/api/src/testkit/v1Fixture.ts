import type { Database } from '@stacktach/db'
import { at, fillDatabase, image, resize, web, worker } from './fixture.ts'

/** A deleted instance of tenant 5000, whose notifications retention has dropped. */
export const old = 'aaaaaaaa-0000-4000-8000-000000000001'

/** An instance that only cinder has published about. */
export const volumeOnly = 'aaaaaaaa-0000-4000-8000-000000000002'

export const create = 'req-00000000-0000-4000-8000-00000000000c'

/** The time of five notifications of `web`: two of nova, one of glance, two of another service. */
export const TIE = '11:30:00.000007'

/** The rows of fixture.ts, and more for the resources of /v1. */
export async function fillForV1(db: Database): Promise<void> {
  await fillDatabase(db)
  await fillTies(db)
  await db.prisma.lifecycle.create({
    data: {
      ...{ instance: web, notificationId: 3n, notificationWhen: BigInt(at('11:14:11.715400')) },
      ...{ state: 'resized', taskState: 'resize_finish', foldedWhen: BigInt(at('12:00:00')), foldedTieBreak: '' },
      ...{ hasClassic: true, hasVersioned: false },
    },
  })
  await db.pool.query(
    `insert into notification_span (service, kind, key, lower, upper) values ('generic', 'instance', $1, 0, 1)`,
    [volumeOnly],
  )
  await db.prisma.deployment.update({ where: { id: 1 }, data: { lastWhen: BigInt(at('12:00:00.1')) } })
  await db.prisma.horizon.create({ data: { kind: 'nova', instant: BigInt(at('00:00:00')) } })
  await fillOperations(db)
  await fillUsage(db)
}

async function fillTies(db: Database): Promise<void> {
  const common = {
    ...{ deploymentId: 1, when: BigInt(at(TIE)), routingKey: 'monitor.info', publisher: 'p', service: 's', host: null },
    ...{ instance: web, requestId: create, imageType: 0, messageId: null, json: ['monitor.info', {}] },
  }
  const os = { osArchitecture: '', osDistro: '', osVersion: '', raxOptions: '', versioned: false }
  const event = 'compute.instance.tie'
  await db.prisma.novaNotification.createMany({
    data: [
      { ...common, ...os, id: 20n, dedupKey: 'tie-1', event, tenant: '5000' },
      // An administrator's request failed; the instance still belongs to 5000.
      { ...common, ...os, id: 21n, dedupKey: 'tie-2', event: 'tie', tenant: '9000', routingKey: 'monitor.error' },
    ],
  })
  await db.prisma.glanceNotification.create({
    data: { ...common, id: 20n, dedupKey: 'tie-1', event: 'image.tie', uuid: image, owner: '5000', status: 'active' },
  })
  await db.prisma.genericNotification.createMany({
    data: [20n, 21n].map((id) => ({ ...common, id, dedupKey: `tie-${id}`, event: 'volume.tie', tenant: '5000' })),
  })
  await db.prisma.notificationSpan.create({
    data: {
      service: 'nova',
      kind: 'request',
      key: create,
      lower: BigInt(at('00:00:00')),
      upper: BigInt(at('23:59:59')),
    },
  })
}

async function fillOperations(db: Database): Promise<void> {
  const attempt = (start: string | null, end: string | null, outcome: string, host: string, error: string | null) => ({
    ...{ start: start === null ? null : at(start), end: end === null ? null : at(end), outcome, host, error },
  })
  const operation = (id: number, name: string, when: string, instance: string) => ({
    ...{ notificationId: BigInt(id), instance, name: `compute.instance.${name}`, when: BigInt(at(when)) },
    ...{
      identity: `i-${id}`,
      deploymentId: 1,
      tenant: '5000',
      userId: 'u-1',
      host: 'host-1',
      flavor: 'm1',
      image: 'cirros',
    },
  })
  const noHost = 'No valid host was found.'
  await db.prisma.operation.createMany({
    data: [
      {
        ...{ ...operation(1, 'create', '08:00:00', web), requestId: create, outcome: 'failed' },
        endWhen: BigInt(at('08:10:00.5')),
        attempts: [
          attempt('08:00:00', '08:05:00', 'failed', 'host-1', noHost),
          attempt('08:05:00', '08:10:00.5', 'failed', 'host-2', noHost),
        ],
      },
      {
        ...{ ...operation(2, 'resize', '11:00:00', web), requestId: resize, outcome: 'done' },
        endWhen: BigInt(at('11:14:11.7154')),
        attempts: [attempt('11:00:00', '11:14:11.7154', 'done', 'host-1', null)],
      },
      {
        ...{ ...operation(3, 'reboot', '11:00:00', worker), requestId: create, outcome: 'open' },
        ...{ tenant: '6000', deploymentId: 2, flavor: null, image: null },
        attempts: [attempt('11:00:00', null, 'open', 'host-1', null)],
      },
      {
        ...{ ...operation(4, 'reboot', '11:00:00', worker), requestId: '', outcome: 'open', tenant: '6000' },
        attempts: [attempt('11:00:00', null, 'open', 'host-1', null)],
      },
      {
        ...{ ...operation(5, 'pause', '11:59:59', worker), requestId: '', outcome: 'open', tenant: '6000' },
        attempts: [attempt('11:59:59', null, 'open', 'host-1', null)],
      },
    ],
  })
  const failure = (id: number, when: string, host: string, error: string) => ({
    ...{ notificationId: BigInt(id), when: BigInt(at(when)), instance: web, requestId: create, host, error },
    ...{ name: 'compute.instance.create', flavor: 'm1', image: 'cirros', tenant: '5000', deploymentId: 1 },
  })
  await db.prisma.failure.createMany({
    data: [
      failure(31, '08:05:00', 'host-1', noHost),
      failure(32, '08:10:00.5', 'host-2', noHost),
      { ...failure(33, '08:10:00.5', 'host-2', 'Timed out.'), name: 'compute.instance.reboot', flavor: null },
      { ...failure(34, '00:00:00', 'host-3', 'Yesterday.'), when: BigInt(at('00:00:00')) - 86_400_000_000n },
    ],
  })
  const timing = (id: number, seconds: number, endDeploymentId: number) => ({
    ...{ instance: web, name: 'compute.instance.rebuild', notificationId: BigInt(id), when: BigInt(at('09:00:00')) },
    ...{ startId: BigInt(id), startWhen: BigInt(at('09:00:00')), startRequestId: create, endId: BigInt(id + 1) },
    ...{ endWhen: BigInt(at('09:00:00') + seconds * 1_000_000), duration: BigInt(seconds * 1_000_000), counted: true },
    endDeploymentId,
  })
  await db.prisma.timing.createMany({ data: [timing(61, 10, 1), timing(63, 20, 1), timing(65, 40, 2)] })
}

async function fillUsage(db: Database): Promise<void> {
  const day = 86_400_000_000n
  const midnight = BigInt(at('00:00:00'))
  const exists = (key: string, instance: string, beginning: bigint, ending: bigint, status: string) => ({
    ...{ deploymentId: 1, dedupKey: key, messageId: key, notificationId: 1n, when: ending, instance, versioned: false },
    ...{
      launchedAt: 0n,
      auditPeriodBeginning: beginning,
      auditPeriodEnding: ending,
      imageType: 0,
      status,
      tenant: '5000',
    },
    flavorName: 'm1',
  })
  await db.prisma.instanceExists.createMany({
    data: [
      exists('u-1', web, midnight - day, midnight, 'verified'),
      { ...exists('u-2', worker, midnight - day, midnight, 'failed'), tenant: '6000', failReason: 'no launch: x' },
      // A part of the next audit period, and an exists that reports a part of it again.
      exists('u-3', web, midnight, midnight + 3_600_000_000n, 'verified'),
      { ...exists('u-4', web, midnight, midnight + 1_800_000_000n, 'pending'), sendStatus: 201, flavorName: 'm0' },
      { ...exists('u-5', old, midnight - day, midnight, 'verified'), launchedAt: midnight - 500_000n },
    ],
  })
  await db.prisma.instanceLaunch.create({
    data: { instance: old, requestId: 'req-old', launchedAt: midnight - day, firstWhen: 1n, tenant: '5000' },
  })
  await db.prisma.imageExists.create({
    data: {
      ...{
        deploymentId: 1,
        dedupKey: 'g-1',
        notificationId: 1n,
        when: midnight,
        tieBreak: '',
        uuid: image,
        createdAt: 0n,
      },
      ...{ auditPeriodBeginning: midnight - day, auditPeriodEnding: midnight, status: 'verified' },
    },
  })
  const hour = 3_600_000_000n
  const missing = { instance: web, tenant: '5000', deploymentId: 1 }
  await db.prisma.missingExists.createMany({
    data: [
      { ...missing, host: 'host-1', from: midnight + 9n * hour, until: midnight + 10n * hour },
      { ...missing, host: 'host-2', from: midnight - 20n * hour, until: midnight - 9n * hour },
    ],
  })
  const correction = {
    ...{ day: midnight - day, instance: web, tenant: '5000', deploymentId: 1, flavor: '2', flavorName: 'm1' },
    ...{ memoryMb: 512n, at: midnight + 10n * hour, before: day },
  }
  await db.prisma.usageCorrection.createMany({
    data: [
      { ...correction, after: hour + 500_000n, reason: 'contradicted exists', confirmed: true },
      { ...correction, after: 0n, reason: 'late notification', confirmed: false },
    ],
  })
}
