import type { InstanceFacts, InstanceNotification } from '@stacktach/domain'

/** A nova notification as `columns` selects it: facts parsed by the driver. */
interface Selected {
  id: number
  when: number
  deployment_id: number
  identity: string
  instance: string
  event: string
  request_id: string
  service: string
  user_id: string | null
  versioned: boolean
  tenant: string | null
  host: string | null
  state: string | null
  old_task: string | null
  message_id: string | null
  dedup_key: string
  image_type: number
  rax_options: string
  os_architecture: string
  os_distro: string
  os_version: string
  facts: InstanceFacts | null
}

/** The columns that folds read, of notification_nova `n` joined to deployment `d`. */
export const instanceNotificationColumns = `
  n.id, n."when", n.deployment_id, n.dedup_key || E'\\t' || d.name as identity, n.instance, n.event, n.request_id,
  n.service, n.user_id, n.versioned, n.tenant, n.host, n.state, n.old_task, n.message_id, n.dedup_key, n.image_type,
  n.rax_options, n.os_architecture, n.os_distro, n.os_version, n.facts`

export type SelectedInstanceNotification = Selected

export function toInstanceNotification(row: Selected): InstanceNotification {
  return {
    id: row.id,
    when: row.when,
    deploymentId: row.deployment_id,
    identity: row.identity,
    instance: row.instance,
    event: row.event,
    requestId: row.request_id,
    service: row.service,
    userId: row.user_id,
    versioned: row.versioned,
    tenant: row.tenant,
    host: row.host,
    state: row.state,
    oldTask: row.old_task,
    messageId: row.message_id,
    dedupKey: row.dedup_key,
    imageType: row.image_type,
    raxOptions: row.rax_options,
    osArchitecture: row.os_architecture,
    osDistro: row.os_distro,
    osVersion: row.os_version,
    facts: row.facts,
  }
}
