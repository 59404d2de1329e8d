import { formatInstant, HOUR, type Instant, MINUTE, SECOND } from '@stacktach/domain'
import type { OperationTruth } from '@stacktach/simulator'
import { publish, type TestVhost } from '@stacktach/testing'

/** Bandwidths of two exists whose sum is not exact as a double. */
export const PLANTED_BYTES = ['9007199254740993', '2'] as const
export const PLANTED_SUM = '9007199254740995'

/** The instance that takes 40 minutes to create; its exists have these bandwidths. */
export const slow = { uuid: uuid(4), tenant: 'b0b0', memoryMb: 1024, flavor: 'performance1-2' }

function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

interface PlantedNotification {
  after: number
  event: string
  payload?: Record<string, unknown>
  error?: boolean
  /** Does not name its instance, as notifications of failed calls do not. */
  bare?: boolean
}

/**
 * Publishes one request for each kind of failure, and one that takes 40 minutes, each on its own instance, in the first
 * hours of a day.
 *
 * @returns the truth about each request, and the number of notifications
 */
export async function plantRequests(
  vhost: TestVhost,
  day: Instant,
  deployment: string,
): Promise<{ operations: OperationTruth[]; notifications: number }> {
  const update = { event: 'compute.instance.update', payload: { state: 'active', old_state: 'active' } }
  const stories: { name: string | null; code: number | null; stateError: boolean; sent: PlantedNotification[] }[] = [
    {
      name: 'rebuild',
      code: 404,
      stateError: false,
      sent: [
        { after: 0, ...update },
        { after: SECOND, event: 'compute.instance.rebuild.start', payload: { state: 'active' } },
        {
          after: 4 * SECOND,
          event: 'rebuild_instance',
          payload: { exception: { kwargs: { code: 404, reason: 'Image 4711 is gone' } } },
          error: true,
          bare: true,
        },
      ],
    },
    {
      name: null,
      code: 500,
      stateError: false,
      sent: [
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
      sent: [
        { after: 0, event: 'compute.instance.resize.start', payload: { state: 'active' } },
        { after: 3 * SECOND, event: 'compute.instance.update', payload: { state: 'error', old_state: 'active' } },
      ],
    },
    {
      name: 'create',
      code: null,
      stateError: false,
      sent: [
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
  const operations = stories.map(({ sent, ...truth }, index): OperationTruth => {
    const number = index + 1
    const tenant = number === 4 ? slow.tenant : `a${number}`
    const requestId = `req-${uuid(number)}`
    for (const { after, event, payload, error, bare } of sent) {
      const own = bare
        ? {}
        : {
            instance_id: uuid(number),
            tenant_id: tenant,
            memory_mb: slow.memoryMb,
            instance_flavor_id: slow.flavor,
            image_meta: { image_type: 'snapshot', os_type: 'linux' },
          }
      const notification = {
        message_id: `planted-${number}-${after}`,
        publisher_id: 'compute.planted',
        event_type: event,
        timestamp: formatInstant(day + HOUR + after),
        _context_request_id: requestId,
        _context_user_id: 'planter',
        payload: { ...own, ...payload },
      }
      // JavaScript cannot write this number.
      const text = JSON.stringify(notification).replaceAll(/"#(\d+)#"/g, '$1')
      const key = error ? 'notifications.error' : 'notifications.info'
      bodies.push({ exchange: 'nova', routing_key: key, body: Buffer.from(text) })
    }
    const requests = sent.filter(({ event }) => event !== 'compute.instance.exists')
    return {
      ...truth,
      requestId,
      instance: uuid(number),
      tenant,
      deployment,
      first: day + HOUR,
      last: day + HOUR + (requests.at(-1)?.after ?? 0),
      notifications: requests.length,
      image: 'snap',
      system: 'linux',
    }
  })
  return { operations, notifications: await publish(vhost, bodies) }
}
