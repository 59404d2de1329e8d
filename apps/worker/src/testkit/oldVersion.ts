import { readFileSync } from 'node:fs'
import { deploymentId } from '@stacktach/db'
import { DAY, formatInstant, SECOND } from '@stacktach/domain'
import { type Message, readMessages, storeMessages } from '@stacktach/ingestion'
import { auditSample, captured } from '@stacktach/testing'
import { type JobStack, SHARDS } from './jobStack.ts'
import { MONDAY } from './notifications.ts'

/** An instance of a wrapped function's error: earlier versions did not recognize it. */
const WRAPPED = 'c5ad7b4e-2d3b-4b6f-9c87-d5f8d5f2a001'
const RESTORED = 'c5ad7b4e-2d3b-4b6f-9c87-d5f8d5f2a002'
const RECLAIMED = 'c5ad7b4e-2d3b-4b6f-9c87-d5f8d5f2a003'
const IMPORTED = 'c5ad7b4e-2d3b-4b6f-9c87-d5f8d5f2a004'

const LAUNCHED_AT = MONDAY + 10 * SECOND

/** Messages of recorded clouds, and some that earlier versions interpreted in another way. */
export function messagesOfAllKinds(): Message[] {
  const recorded = [
    ...captured('nova_both'),
    ...captured('nova_both_failures'),
    ...captured('glance_messagingv2'),
    ...auditSample(),
  ].map(({ exchange, routing_key, body }) => ({ exchange, routingKey: routing_key, body }))
  return [...recorded, ...inventedMessages()]
}

function inventedMessages(): Message[] {
  const launched = { launched_at: formatInstant(LAUNCHED_AT), instance_flavor_id: 'm1' }
  const deleted = (seconds: number) => ({
    ...launched,
    terminated_at: formatInstant(MONDAY + seconds * SECOND),
    deleted_at: formatInstant(MONDAY + seconds * SECOND),
  })
  const period = {
    audit_period_beginning: formatInstant(MONDAY),
    audit_period_ending: formatInstant(MONDAY + DAY),
  }
  return [RESTORED, RECLAIMED]
    .flatMap((instance) => [
      novaMessage(instance, 'create.end', 11, { ...launched, message: 'Success' }),
      novaMessage(instance, 'soft_delete.end', 3_600, deleted(3_600)),
      instance === RESTORED
        ? novaMessage(instance, 'restore.end', 7_200, launched)
        : novaMessage(instance, 'delete.end', 7_200, deleted(7_200)),
      novaMessage(instance, 'exists', 86_410, {
        ...(instance === RESTORED ? launched : deleted(7_200)),
        ...period,
      }),
    ])
    .concat([
      novaMessage(WRAPPED, 'create.end', 11, { ...launched, message: 'Success' }),
      message('nova', 'attach_volume', 500, { args: { instance: { uuid: WRAPPED } }, exception: 'no volume' }),
      message('glance', 'image.update', 600, imported('active')),
      message('glance', 'image.delete', 900, {
        ...imported('deleted'),
        deleted_at: formatInstant(MONDAY + 900 * SECOND),
      }),
      message('glance', 'image.exists', 86_420, { owner: 'cafe', ...period, images: [imported('active')] }),
      message('neutron', 'port.create.end', 700, { port: { device_id: WRAPPED, device_owner: 'compute:nova' } }),
    ])
}

function imported(status: string): object {
  return { id: IMPORTED, owner: 'cafe', status, size: 5, created_at: formatInstant(MONDAY + 300 * SECOND) }
}

function novaMessage(instance: string, event: string, seconds: number, payload: object): Message {
  return message('nova', `compute.instance.${event}`, seconds, { instance_id: instance, tenant_id: 'cafe', ...payload })
}

function message(exchange: string, event: string, seconds: number, payload: object): Message {
  const notification = {
    event_type: event,
    publisher_id: 'compute.host-1',
    message_id: `${event} ${seconds} ${JSON.stringify(payload)}`.slice(0, 200),
    timestamp: formatInstant(MONDAY + seconds * SECOND),
    _context_request_id: `req-${seconds}-${event.split('.')[2] ?? event}`,
    _context_user_id: 'user',
    payload,
  }
  return { exchange, routingKey: 'notifications.info', body: Buffer.from(JSON.stringify(notification)) }
}

/** Stores messages, as ingest does. */
export async function storeAll({ context, database }: JobStack, messages: readonly Message[]): Promise<void> {
  const destination = {
    deployment: 'cloud',
    deploymentId: await deploymentId(database.pool, 'cloud'),
    shards: SHARDS,
  }
  await storeMessages(database, context.partitions, destination, readMessages(messages, context), context.clock())
}

/**
 * Changes the stored notifications to those of an earlier version: without the facts and instances that it did not
 * recognize, some with another instance, and with the backlog and spans that follow from them.
 */
export async function degradeNotifications({ database }: JobStack): Promise<void> {
  await database.pool.query(
    readFileSync(new URL('./oldVersion.sql', import.meta.url), 'utf8').replaceAll('$shards', String(SHARDS)),
  )
}

/** Changes the aggregates to those of an earlier version, as the migration left them. */
export async function degradeAggregates({ database }: JobStack): Promise<void> {
  await database.pool.query(`
    update instance_launch set versioned = false, last_when = null,
           reported = '{"launchedAt":[],"instanceTypeId":[],"instanceFlavorId":[]}';
    update instance_delete set status = 'deleted', effective = true;
    update image_usage set priority = "when";
    update instance_exists set status = 'failed', fail_reason = 'an old reason' where id % 3 = 0`)
}
