import type { Service } from '@stacktach/domain'

/** A notification of any service. Properties without a column in the service's table are null. */
export interface FoundNotification {
  service: Service
  id: number
  /** Microseconds of Unix time. */
  when: number
  deployment: string | null
  event: string
  routingKey: string
  publisher: string
  /** The OpenStack component that published it, e.g. compute, api or image. */
  component: string
  host: string | null
  messageId: string | null
  requestId: string
  tenant: string | null
  userId: string | null
  instance: string | null
  image: string | null
  /** Of the instance; of an image its status. */
  state: string | null
  oldState: string | null
  task: string | null
  oldTask: string | null
}

const states = 'n.state, n.old_state as "oldState", n.task, n.old_task as "oldTask", null::text as image'

const ofService: Record<Service, string> = {
  nova: `n.tenant, n.user_id as "userId", ${states}`,
  glance: `n.owner as tenant, null::text as "userId", n.status as state, null::text as "oldState", null::text as task,
           null::text as "oldTask", n.uuid as image`,
  generic: `n.tenant, null::text as "userId", ${states}`,
}

/** The select list of FoundNotification from a table or subquery `n`; equal in type and order for all services. */
export function foundColumns(service: Service): string {
  return `'${service}' as service, n.id, n."when", n.event, n.routing_key as "routingKey", n.publisher,
          n.service as component, n.host, n.message_id as "messageId", n.request_id as "requestId", n.instance,
          (select d.name from deployment d where d.id = n.deployment_id) as deployment, ${ofService[service]}`
}
