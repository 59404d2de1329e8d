import {
  DAY,
  type Duration,
  EXISTS,
  type InstanceFacts,
  type InstanceNotification,
  type Lifecycle,
  periodKey,
  type StoredCounterpart,
  type Timing,
} from '@stacktach/domain'
import { periodContaining, readSpans } from '../sql/spans.ts'
import type { Queryable } from '../sql/transaction.ts'
import {
  instanceNotificationColumns,
  type SelectedInstanceNotification,
  toInstanceNotification,
} from './instanceNotifications.ts'

interface SelectedLifecycle {
  instance: string
  notification_id: number
  notification_when: number
  folded_when: number
  folded_tie_break: string
  state: string | null
  task_state: string | null
  launched_at: number | null
  deleted_at: number | null
  tenant: string | null
  host: string | null
  deployment_id: number | null
  has_classic: boolean
  has_versioned: boolean
}

/** Reads the lifecycles of instances, with the positions up to which they are folded. */
export async function readLifecycles(client: Queryable, instances: readonly string[]): Promise<Map<string, Lifecycle>> {
  const { rows } = await client.query<SelectedLifecycle>('select * from lifecycle where instance = any($1)', [
    instances,
  ])
  return new Map(
    rows.map((row) => [
      row.instance,
      {
        instance: row.instance,
        notificationId: row.notification_id,
        notificationWhen: row.notification_when,
        when: row.folded_when,
        tieBreak: row.folded_tie_break,
        state: row.state,
        taskState: row.task_state,
        launchedAt: row.launched_at,
        deletedAt: row.deleted_at,
        tenant: row.tenant,
        host: row.host,
        deploymentId: row.deployment_id,
        hasClassic: row.has_classic,
        hasVersioned: row.has_versioned,
      },
    ]),
  )
}

/** An instance and the name of a timing. */
export interface TimingKey {
  instance: string
  name: string
}

/** Reads the timings without an end, oldest first. */
export async function readOpenTimings(client: Queryable, keys: readonly TimingKey[]): Promise<Timing[]> {
  if (keys.length === 0) return []
  const { rows } = await client.query<{
    instance: string
    name: string
    start_id: number
    start_when: number
    start_identity: string
    start_request_id: string
  }>(
    `select t.instance, t.name, t.start_id, t.start_when, t.start_identity, t.start_request_id
       from (select distinct * from unnest($1::text[], $2::text[])) as input(instance, name)
       join timing t on t.instance = input.instance and t.name = input.name and t.end_when is null
      order by t.start_when, t.start_identity collate "C"`,
    [keys.map(({ instance }) => instance), keys.map(({ name }) => name)],
  )
  return rows.map((row) => ({
    instance: row.instance,
    name: row.name,
    start: {
      id: row.start_id,
      when: row.start_when,
      identity: row.start_identity,
      requestId: row.start_request_id,
    },
    end: null,
  }))
}

/**
 * Reads the notifications with the same instance and request id (for an exists: instance and audit period), with the key that
 * counterparts share. Only needed for instances with notifications in both formats.
 */
export async function readCounterparts(
  client: Queryable,
  notifications: readonly InstanceNotification[],
): Promise<StoredCounterpart[]> {
  const others = notifications.filter(({ event }) => event !== EXISTS)
  const exists = notifications.filter(({ event }) => event === EXISTS)
  return [...(await readRequestCounterparts(client, others)), ...(await readExistsCounterparts(client, exists))]
}

async function readRequestCounterparts(
  client: Queryable,
  notifications: readonly InstanceNotification[],
): Promise<StoredCounterpart[]> {
  if (notifications.length === 0) return []
  const spans = await readSpans(client, 'nova', 'request', [
    ...new Set(notifications.map(({ requestId }) => requestId)),
  ])
  const { rows } = await client.query<{
    instance: string
    event: string
    request_id: string
    versioned: boolean
    when: number
  }>(
    `select n.instance, n.event, n.request_id, n.versioned, min(n."when") as "when"
       from (select distinct * from unnest($1::text[], $2::text[])) as input(instance, request_id)
       join unnest($3::text[], $4::bigint[], $5::bigint[]) as span(request_id, lower, upper) using (request_id)
       join notification_nova n on n.request_id = input.request_id and n.instance = input.instance
        and n."when" >= span.lower and n."when" < span.upper and n."when" >= $6 and n."when" < $7
      group by 1, 2, 3, 4`,
    [
      notifications.map(({ instance }) => instance),
      notifications.map(({ requestId }) => requestId),
      spans.keys,
      spans.from,
      spans.until,
      spans.whole.from,
      spans.whole.until,
    ],
  )
  return rows.map((row) => ({
    instance: row.instance,
    key: `${row.event}\t${row.request_id}`,
    versioned: row.versioned,
    when: row.when,
  }))
}

/** Maximum time between an exists and its counterpart; nova sends both within a second. */
const COUNTERPART_DISTANCE: Duration = DAY

async function readExistsCounterparts(
  client: Queryable,
  notifications: readonly InstanceNotification[],
): Promise<StoredCounterpart[]> {
  if (notifications.length === 0) return []
  const times = notifications.map(({ when }) => when)
  const { from, until } = periodContaining(times)
  const { rows } = await client.query<{
    instance: string
    facts: InstanceFacts | null
    versioned: boolean
    when: number
  }>(
    `select n.instance, n.facts, n.versioned, n."when"
       from (select distinct * from unnest($1::text[], $2::bigint[])) as input(instance, "when")
       join notification_nova n on n.instance = input.instance and n.event = $3
        and n."when" >= input."when" - $4::bigint and n."when" <= input."when" + $4::bigint
        and n."when" >= $5 and n."when" < $6`,
    [
      notifications.map(({ instance }) => instance),
      times,
      EXISTS,
      COUNTERPART_DISTANCE,
      from - COUNTERPART_DISTANCE,
      until + COUNTERPART_DISTANCE,
    ],
  )
  return rows.map((row) => ({
    instance: row.instance,
    key: periodKey(row.facts?.auditPeriodBeginning ?? null, row.facts?.auditPeriodEnding ?? null),
    versioned: row.versioned,
    when: row.when,
  }))
}

/** Reads all stored notifications of instances. */
export async function readHistories(client: Queryable, instances: readonly string[]): Promise<InstanceNotification[]> {
  if (instances.length === 0) return []
  const spans = await readSpans(client, 'nova', 'instance', instances)
  const { rows } = await client.query<SelectedInstanceNotification>(
    `select ${instanceNotificationColumns}
       from notification_nova n join deployment d on d.id = n.deployment_id
      where n.instance = any($1) and n."when" >= $2 and n."when" < $3`,
    [instances, spans.whole.from, spans.whole.until],
  )
  return rows.map(toInstanceNotification)
}
