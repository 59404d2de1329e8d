import type { Service } from '@stacktach/domain'

/** A notification in lists. Properties without a column in the service's table are null. */
export interface ListedNotification {
  id: number
  /** Microseconds of Unix time. */
  when: number
  routingKey: string
  deployment: string | null
  event: string
  host: string | null
  state: string | null
  oldState: string | null
  oldTask: string | null
  /** Images only. */
  status: string | null
  instance: string | null
  requestId: string
  /** Subject: the image id for glance, else the instance id. */
  subject: string | null
}

const states = 'n.state, n.old_state as "oldState", n.old_task as "oldTask", null as status, n.instance as subject'

const ofService: Record<Service, string> = {
  nova: states,
  glance: 'null as state, null as "oldState", null as "oldTask", n.status, n.uuid as subject',
  generic: states,
}

/** The column with the subject of a notification. */
export const subjectColumn: Record<Service, 'instance' | 'uuid'> = {
  nova: 'instance',
  glance: 'uuid',
  generic: 'instance',
}

export const notificationTable: Record<Service, string> = {
  nova: 'notification_nova',
  glance: 'notification_glance',
  generic: 'notification_generic',
}

/**
 * The select list of ListedNotification from a table or subquery `n`. The deployment's name is a scalar subquery,
 * because a join could prevent the index order from satisfying the limit.
 */
export function listedColumns(service: Service): string {
  return `n.id, n."when", n.routing_key as "routingKey", n.event, n.host, n.instance, n.request_id as "requestId",
          (select d.name from deployment d where d.id = n.deployment_id) as deployment, ${ofService[service]}`
}
