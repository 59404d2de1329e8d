import { type Instant, normalize, type Rules, type TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { deploymentId } from '../store/deployment.ts'
import { Partitions } from '../store/partitions.ts'
import { storeBatch } from '../store/storeBatch.ts'

/** A nova notification, as a test describes it. */
export interface TestMessage {
  at: Instant
  event: string
  request?: string
  /** Null for a notification without an instance. */
  instance?: string | null
  deployment?: string
  user?: string | null
  error?: boolean
  versioned?: boolean
  payload?: Record<string, unknown>
}

/** Stores messages as ingest does, in the order given. */
export async function storeMessages(db: Database, messages: readonly TestMessage[]): Promise<void> {
  const partitions = new Partitions(db.pool, 1)
  for (const [index, message] of messages.entries()) {
    const { request = 'req-1', instance = 'i1', deployment = 'east', user = 'u', payload = {} } = message
    const seconds = Math.floor(message.at / 1_000_000)
    const time = `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(message.at % 1_000_000).padStart(6, '0')}`
    const identity = instance === null ? {} : { instance_id: instance, uuid: instance, tenant_id: 't', tenant: 't' }
    const data = { ...identity, ...payload }
    const body = {
      message_id: `m${index}-${message.at}`,
      publisher_id: message.versioned ? 'nova-compute:h1' : 'compute.h1',
      event_type: message.versioned ? message.event.replace(/^compute\./, '') : message.event,
      timestamp: time,
      _context_request_id: request,
      _context_user_id: user,
      payload: message.versioned
        ? {
            'nova_object.name': 'X',
            'nova_object.version': '1.0',
            'nova_object.namespace': 'nova',
            'nova_object.data': data,
          }
        : data,
    }
    const result = normalize(
      { service: 'nova', routingKey: message.error ? 'n.error' : 'n.info', body: JSON.stringify(body) },
      (text) => text,
    )
    if (result.kind === 'rejected') throw new Error(result.detail)
    await partitions.ensure('nova', [result.row.when])
    const id = await deploymentId(db.pool, deployment)
    await storeBatch(db.pool, 'nova', id, [result.row], 1)
  }
}

/** A report over all deployments. */
export function everywhere(period: TimePeriod, rules: Rules = 'today') {
  return { period, rules, deployments: null }
}
