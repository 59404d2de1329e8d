import {
  claimInstances,
  claimRest,
  type Database,
  deploymentId,
  linkExists,
  Partitions,
  readBoundaries,
  readCounterparts,
  readDeletes,
  readHistories,
  readLaunches,
  readLifecycles,
  readOpenTimings,
  readOperations,
  storeBatch,
  withShard,
  writeFolds,
} from '@stacktach/db'
import {
  byInstance,
  existsToLink,
  foldInstances,
  type Instant,
  neededState,
  normalize,
  planFolds,
  rangesToLink,
  type Service,
  withPossibleCounterparts,
} from '@stacktach/domain'

/** Markup that runs a script if a page does not escape it. */
export const HOSTILE = '<img src=x onerror=alert(1)>'

/** The clock of the tests: 2026-11-20 13:00. */
export const NOW: Instant = Date.parse('2026-11-20T13:00:00Z') * 1000

/** An instance of tenant `5000` with a failed attempt, a slow operation that has not ended, and two exists. */
export const web = '4fc2f6fe-7110-41a1-bea5-6ae3ab9deb1a'

/** An instance of tenant `6000`, created and deleted. */
export const worker = '21738302-3ef2-42fe-9056-80c58215f7ce'

export const image = '860c39d4-3c0c-4552-a700-4ff9837a6520'

/** The request that created `web`, and the one that created `worker`. */
export const createWeb = 'req-8b67bef7-5c4c-4857-878c-1c65809482fd'
export const createWorker = 'req-2b7a4f0e-3f0b-43f0-9c6b-1df7b43a5c11'

/** Message id of the first notification. */
export const MESSAGE_ID = 'fa5e1a55-0000-4000-8000-000000000001'

interface Message {
  /** Seconds after 12:00. */
  at: number
  event: string
  request: string
  instance?: string
  service?: Service
  host?: string
  error?: boolean
  /** In nova's versioned format. */
  versioned?: boolean
  payload?: Record<string, unknown>
}

const messages: readonly Message[] = [
  { at: 0, event: 'scheduler.select_destinations.start', request: createWeb, instance: web, host: 'controller-01' },
  { at: 1, event: 'scheduler.select_destinations.end', request: createWeb, instance: web, host: 'controller-01' },
  { at: 2, event: 'compute.instance.update', request: createWeb, instance: web },
  { at: 3, event: 'compute.instance.create.start', request: createWeb, instance: web },
  { at: 4, event: 'image.send', request: createWeb, service: 'glance', host: 'image-01' },
  {
    at: 8,
    event: 'compute.instance.create.error',
    request: createWeb,
    instance: web,
    error: true,
    payload: { exception: { kwargs: { reason: `No space ${HOSTILE}` } } },
  },
  { at: 9, event: 'compute.instance.create.start', request: createWeb, instance: web, host: 'compute-02' },
  { at: 10, event: 'port.create.end', request: createWeb, instance: web, service: 'generic', host: 'network-01' },
  {
    at: 20,
    event: 'compute.instance.create.end',
    request: createWeb,
    instance: web,
    host: 'compute-02',
    payload: { launched_at: '2026-11-20 12:00:20.000000', state: 'active' },
  },
  // The counterpart of the notification above.
  {
    at: 20,
    event: 'compute.instance.create.end',
    request: createWeb,
    instance: web,
    host: 'compute-02',
    versioned: true,
  },
  { at: 1800, event: 'compute.instance.reboot.start', request: 'req-reboot', instance: web, host: 'compute-02' },
  ...[1, 2].map((hour) => ({
    at: 1800 + hour,
    event: 'compute.instance.exists',
    request: `req-exists-${hour}`,
    instance: web,
    host: 'compute-02',
    payload: {
      launched_at: '2026-11-20 12:00:20.000000',
      audit_period_beginning: `2026-11-20 0${hour}:00:00`,
      audit_period_ending: `2026-11-20 0${hour + 1}:00:00`,
    },
  })),
  { at: 100, event: 'compute.instance.create.start', request: createWorker, instance: worker },
  {
    at: 110,
    event: 'compute.instance.create.end',
    request: createWorker,
    instance: worker,
    payload: { launched_at: '2026-11-20 12:01:50.000000', state: 'active' },
  },
  {
    at: 200,
    event: 'compute.instance.delete.end',
    request: 'req-delete',
    instance: worker,
    payload: { launched_at: '2026-11-20 12:01:50.000000', deleted_at: '2026-11-20 12:03:20.000000', state: 'deleted' },
  },
]

const hostileNames = {
  display_name: HOSTILE,
  hostname: HOSTILE,
  image_name: HOSTILE,
  instance_type: HOSTILE,
  metadata: { [HOSTILE]: HOSTILE },
}

function bodyOf({ at, event, instance, request, host, versioned, payload }: Message, index: number): object {
  const component = event.startsWith('scheduler') ? 'scheduler' : event.split('.')[0]
  const tenant = instance === worker || request === createWorker ? '6000' : '5000'
  const seconds = String(at % 60).padStart(2, '0')
  const minutes = String(Math.floor(at / 60)).padStart(2, '0')
  if (versioned) {
    const data = { uuid: instance, tenant_id: tenant, state: 'active', ...hostileNames }
    return {
      message_id: 'versioned',
      publisher_id: `nova-compute:${host}`,
      event_type: event.replace('compute.', ''),
      timestamp: `2026-11-20 12:${minutes}:${seconds}.3`,
      _context_request_id: request,
      payload: {
        'nova_object.name': 'InstanceCreatePayload',
        'nova_object.namespace': 'nova',
        'nova_object.version': '1.0',
        'nova_object.data': data,
      },
    }
  }
  return {
    message_id: MESSAGE_ID.replace(/.{4}$/, String(index + 1).padStart(4, '0')),
    publisher_id: `${component}.${host ?? 'compute-01'}`,
    event_type: event,
    timestamp: `2026-11-20 12:${minutes}:${seconds}.25`,
    _context_request_id: request,
    _context_user_id: 'user-1',
    _context_user_name: HOSTILE,
    _context_project_name: HOSTILE,
    payload: {
      ...hostileNames,
      tenant_id: tenant,
      owner: tenant,
      owner_id: tenant,
      state: 'building',
      instance_type_id: 2,
      ...(instance === undefined ? {} : { instance_id: instance, instance_uuid: instance }),
      ...(event.startsWith('image.') ? { id: image, image_id: image, status: 'active' } : {}),
      ...payload,
    },
  }
}

/** Stores notifications as ingest does and folds them as jobs do. All texts that a tenant can choose contain markup. */
export async function fillDatabase(db: Database): Promise<void> {
  const partitions = new Partitions(db.pool, 1)
  const deployment = await deploymentId(db.pool, 'east')
  for (const [index, message] of messages.entries()) {
    const { service = 'nova', error = false } = message
    const body = JSON.stringify(bodyOf(message, index))
    const routingKey = error ? 'notifications.error' : 'notifications.info'
    const result = normalize({ service, routingKey, body }, (text) => text)
    if (result.kind === 'rejected') throw new Error(result.detail)
    await partitions.ensure(service, [result.row.when])
    await storeBatch(db.pool, service, deployment, [result.row], 1)
  }
  await withShard(db.pool, 'usage', 0, async (client) => {
    const { items: notifications } = await claimInstances(client, 0, 1_000, '')
    const claimed = byInstance(notifications)
    const lifecycles = await readLifecycles(client, [...claimed.keys()])
    const paired = withPossibleCounterparts(claimed, lifecycles)
    const counterparts = await readCounterparts(client, paired)
    const plan = planFolds(claimed, lifecycles, counterparts)
    await claimRest(client, 0, plan.refolded)
    const boundaries = await readBoundaries(client, plan.refolded)
    const histories = await readHistories(client, plan.refolded)
    const needed = neededState(plan.continued, 'today')
    const stored = {
      lifecycles,
      openTimings: await readOpenTimings(client, needed.timings),
      launches: await readLaunches(client, needed.launches),
      deletes: await readDeletes(client, needed.deletes),
      operations: await readOperations(client, needed.operations),
      counterparts,
      boundaries,
    }
    const folds = foldInstances(plan, histories, stored, 'today')
    await writeFolds(client, folds, lifecycles, plan.refolded, boundaries)
    const ranges = rangesToLink(folds, stored.launches, plan.refolded)
    await linkExists(client, ranges, existsToLink(folds, plan.refolded), 'today')
  })
  await db.pool.query(
    `update instance_exists set status = 'failed', fail_reason = $1, send_status = 201
      where id = (select max(id) from instance_exists)`,
    [`flavor mismatch ${HOSTILE}`],
  )
  await fillReports(db)
}

/** Reports and an account whose texts contain markup. */
async function fillReports(db: Database): Promise<void> {
  const periodStart = BigInt(NOW) - 86_400_000_000n
  const audit = (failures: number) => ({
    summary: { launch_summary: { new_launches: 5, failures } },
    launch_fail_headers: ['Launch Row ID', 'Error Description', HOSTILE],
    launch_fails: [[7, `No exists for instance (${web}) ${HOSTILE}`, HOSTILE]],
    [HOSTILE]: { [HOSTILE]: 3 },
  })
  const reports = [
    { name: 'nova usage audit', json: audit(2), periodStart: periodStart - 86_400_000_000n },
    { name: 'nova usage audit', json: audit(9), periodStart },
    {
      name: HOSTILE,
      json: [{ codes: { [HOSTILE]: 1 } }, { uuid: web, req: createWeb, tenant: HOSTILE, exception: HOSTILE }],
      periodStart,
    },
  ]
  for (const { name, json, periodStart } of reports) {
    const periodEnd = periodStart + 86_400_000_000n
    await db.prisma.report.create({ data: { name, version: 1, periodStart, periodEnd, createdAt: periodEnd, json } })
  }
  await db.prisma.tenantInfo.create({
    data: {
      tenant: '5000',
      accountName: HOSTILE,
      billingAccount: '=1+1',
      updatedAt: 0n,
      types: { create: [{ name: HOSTILE, value: HOSTILE }] },
    },
  })
  await db.prisma.rejectedMessage.create({
    data: {
      deployment: 'east',
      exchange: 'nova',
      routingKey: HOSTILE,
      reason: HOSTILE,
      detail: HOSTILE,
      body: Buffer.from('x'),
      bodySize: 1,
      bodySha256: 'x',
      receivedAt: BigInt(NOW),
    },
  })
}
