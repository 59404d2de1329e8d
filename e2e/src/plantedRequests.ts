import { formatInstant, HOUR, type Instant, MINUTE, SECOND } from '@stacktach/domain'
import type { OperationTruth } from '@stacktach/simulator'
import { publish, type TestVhost } from '@stacktach/testing'

/** Bandwidths of two exists; a double cannot represent their sum. */
export const PLANTED_BYTES = ['9007199254740993', '2'] as const
export const PLANTED_SUM = '9007199254740995'

/** An instance whose create takes 40 minutes; its exists have the bandwidths of `PLANTED_BYTES`. */
export const slowCreate = { uuid: uuid(4), tenant: 'b0b0', memoryMb: 1024, flavor: 'performance1-2' }

/** The exists of `slowCreate`; their audit periods overlap. */
export function slowCreateExists(day: Instant) {
  const { uuid, ...fields } = slowCreate
  const exists = (hour: number) => ({
    ...fields,
    instance: uuid,
    launchedAt: day + HOUR + 40 * MINUTE,
    deletedAt: null,
    auditBeginning: day,
    auditEnding: day + hour * HOUR,
    when: day + hour * HOUR,
  })
  return [exists(3), exists(4)] as const
}

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

interface PlantedNotification {
  /** Microseconds after the first notification. */
  after: number
  event: string
  payload?: Record<string, unknown>
  error?: boolean
  /** Without the fields of the instance, like the notification of a failed call. */
  withoutInstance?: boolean
}

/**
 * Publishes one request for each kind of failure and one that takes 40 minutes. Each has its own instance and begins in
 * the second hour of a day.
 *
 * @returns the truth about each request, and the number of notifications
 */
export async function plantRequests(
  vhost: TestVhost,
  day: Instant,
  deployment: string,
): Promise<{ operations: OperationTruth[]; notifications: number }> {
  const update = { event: 'compute.instance.update', payload: { state: 'active', old_state: 'active' } }
  const requests: {
    name: string | null
    code: number | null
    stateError: boolean
    notifications: PlantedNotification[]
  }[] = [
    {
      name: 'rebuild',
      code: 404,
      stateError: false,
      notifications: [
        { after: 0, ...update },
        { after: SECOND, event: 'compute.instance.rebuild.start', payload: { state: 'active' } },
        {
          after: 4 * SECOND,
          event: 'rebuild_instance',
          payload: { exception: { kwargs: { code: 404, reason: 'Image 4711 is gone' } } },
          error: true,
          withoutInstance: true,
        },
      ],
    },
    {
      name: null,
      code: 500,
      stateError: false,
      notifications: [
        { after: 0, ...update },
        {
          after: 2 * SECOND,
          event: 'compute.instance.reboot.error',
          payload: { state: 'active', exception: 'Timed out at 10.1.2.3', code: 500 },
          error: true,
        },
      ],
    },
    {
      name: 'resize',
      code: null,
      stateError: true,
      notifications: [
        { after: 0, event: 'compute.instance.resize.start', payload: { state: 'active' } },
        { after: 3 * SECOND, event: 'compute.instance.update', payload: { state: 'error', old_state: 'active' } },
      ],
    },
    {
      name: 'create',
      code: null,
      stateError: false,
      notifications: [
        { after: 0, event: 'compute.instance.create.start', payload: { state: 'building' } },
        {
          after: 40 * MINUTE,
          event: 'compute.instance.create.end',
          payload: { state: 'active', message: 'Success', launched_at: formatInstant(day + HOUR + 40 * MINUTE) },
        },
        ...PLANTED_BYTES.map((bytes, index) => ({
          after: (index + 2) * HOUR,
          event: 'compute.instance.exists',
          payload: {
            state: 'active',
            launched_at: formatInstant(day + HOUR + 40 * MINUTE),
            audit_period_beginning: formatInstant(day),
            audit_period_ending: formatInstant(day + (index + 3) * HOUR),
            bandwidth: { public: { bw_out: `#${bytes}#` } },
          },
        })),
      ],
    },
  ]
  const bodies: { exchange: string; routing_key: string; body: Buffer }[] = []
  const operations = requests.map(({ notifications, ...truth }, index): OperationTruth => {
    const number = index + 1
    const tenant = number === 4 ? slowCreate.tenant : `a${number}`
    const requestId = `req-${uuid(number)}`
    for (const { after, event, payload, error, withoutInstance } of notifications) {
      const instanceFields = withoutInstance
        ? {}
        : {
            instance_id: uuid(number),
            tenant_id: tenant,
            memory_mb: slowCreate.memoryMb,
            instance_flavor_id: slowCreate.flavor,
            image_meta: { image_type: 'snapshot', os_type: 'linux' },
          }
      const notification = {
        message_id: `planted-${number}-${after}`,
        publisher_id: 'compute.planted',
        event_type: event,
        timestamp: formatInstant(day + HOUR + after),
        _context_request_id: requestId,
        _context_user_id: 'planter',
        payload: { ...instanceFields, ...payload },
      }
      // No JavaScript number has these digits.
      const text = JSON.stringify(notification).replaceAll(/"#(\d+)#"/g, '$1')
      const key = error ? 'notifications.error' : 'notifications.info'
      bodies.push({ exchange: 'nova', routing_key: key, body: Buffer.from(text) })
    }
    const withoutExists = notifications.filter(({ event }) => event !== 'compute.instance.exists')
    return {
      ...truth,
      requestId,
      instance: uuid(number),
      tenant,
      deployment,
      first: day + HOUR,
      last: day + HOUR + (withoutExists.at(-1)?.after ?? 0),
      notifications: withoutExists.length,
      image: 'snap',
      system: 'linux',
    }
  })
  return { operations, notifications: await publish(vhost, bodies) }
}
