import { services } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** What is known about an instance. Null where no notification says it. */
export interface InstanceHead {
  instance: string
  /** Its name, as its owner chose it: untrusted text. */
  displayName: string | null
  state: string | null
  taskState: string | null
  tenant: string | null
  tenantName: string | null
  userId: string | null
  userName: string | null
  host: string | null
  flavor: string | null
  image: string | null
  deployment: string | null
  /** Of its latest launch, in microseconds. */
  launchedAt: number | null
  /** Of its latest effective delete. */
  deletedAt: number | null
  /** The last notification of nova that counts. */
  lastId: number | null
  lastWhen: number | null
}

/** A field of the payload, classic or versioned. */
const payload = (name: string) =>
  `coalesce(n.json #>> '{1,payload,${name}}', n.json #>> '{1,payload,nova_object.data,${name}}')`

/**
 * The head of an instance: its state after the last notification that counts, its latest launch and delete. Without a
 * lifecycle, as before the first fold, only what other tables have.
 *
 * @returns null if nothing is stored about it
 */
export async function instanceHead(db: Database, instance: string): Promise<InstanceHead | null> {
  const { rows } = await db.pool.query<InstanceHead & { isKnown: boolean }>(
    `select $1::text as instance, l.state, l.task_state as "taskState", l.notification_id as "lastId",
            l.notification_when as "lastWhen",
            nullif(${payload('display_name')}, '') as "displayName",
            coalesce(n.tenant, o.tenant, launch.tenant) as tenant,
            n.json #>> '{1,_context_project_name}' as "tenantName",
            coalesce(n.user_id, o.user_id) as "userId", n.json #>> '{1,_context_user_name}' as "userName",
            case when n.id is null then o.host else nullif(${payload('host')}, '') end as host,
            coalesce(n.json #>> '{1,payload,instance_type}',
                     n.json #>> '{1,payload,nova_object.data,flavor,nova_object.data,name}', o.flavor) as flavor,
            coalesce(nullif(n.json #>> '{1,payload,image_meta,image_name}', ''), nullif(${payload('image_name')}, ''),
                     o.image, nullif(${payload('image_uuid')}, '')) as image,
            (select name from deployment where id = coalesce(n.deployment_id, o.deployment_id)) as deployment,
            launch.launched_at as "launchedAt",
            (select max(deleted_at) from instance_delete d where d.instance = $1 and d.effective) as "deletedAt",
            l.instance is not null or launch.id is not null
              or exists (select from notification_span s where s.service = any($2) and s.kind = 'instance' and s.key = $1)
              as "isKnown"
       from (select 1) as one
       left join lifecycle l on l.instance = $1
       left join notification_nova n on n.id = l.notification_id and n."when" = l.notification_when
       left join lateral (select tenant, user_id, host, flavor, image, deployment_id from operation
                           where instance = $1 order by "when" desc, id desc limit 1) o on true
       left join lateral (select id, tenant, launched_at from instance_launch
                           where instance = $1 order by launched_at desc nulls last, id desc limit 1) launch on true`,
    [instance, services],
  )
  const [row] = rows
  if (row === undefined || !row.isKnown) return null
  const { isKnown: _, ...head } = row
  return head
}
