import { formatInstant, type Instant, MINUTE } from '../time/instant.ts'

/** A server as nova's API shows it. Null where nova does not show a value. */
export interface NovaServer {
  id: string
  tenant: string | null
  host: string | null
  /** The flavor's id, as users see it. */
  flavor: string | null
  /** vm_state. */
  state: string | null
  /** Not null during an operation. */
  taskState: string | null
  created: Instant
  updated: Instant
  /** Null: it never came up. */
  launchedAt: Instant | null
}

/** An instance as its notifications describe it. */
export interface StoredInstance {
  instance: string
  tenant: string | null
  host: string | null
  flavor: string | null
  state: string | null
  launchedAt: Instant | null
  /** Null while it exists. */
  deletedAt: Instant | null
  /** When of its last notification. */
  lastWhen: Instant
  /** Of its last notification; null: its lifecycle is of an earlier version. */
  deploymentId: number | null
}

export const differenceKinds = ['only in nova', 'only here', 'tenant', 'host', 'flavor', 'state'] as const

export type DifferenceKind = (typeof differenceKinds)[number]

export interface Difference {
  instance: string
  kind: DifferenceKind
  /** The compared value; of an instance that one side lacks, since when it exists, or its last notification. */
  nova: string | null
  here: string | null
  tenant: string | null
  host: string | null
  reason: string
  /** Whether a notification of the change may still arrive. */
  recent: boolean
}

/** What a comparison depends on. */
export interface Comparison {
  /** When nova's page was requested. */
  requestedAt: Instant
  /** Changes that are younger may not have arrived yet. */
  tolerance: Instant
  /** Names of the compared deployments by id. */
  deployments: ReadonlyMap<number, string>
  /** Names of all deployments by id. */
  names: ReadonlyMap<number, string>
}

/** Whether an instance exists in the compared deployments. */
export function isExisting(
  { launchedAt, deletedAt, deploymentId }: StoredInstance,
  { deployments }: Pick<Comparison, 'deployments'>,
): boolean {
  return launchedAt !== null && deletedAt === null && deploymentId !== null && deployments.has(deploymentId)
}

/**
 * The differences between a server of nova and the instance that is stored. A server that never came up is not expected
 * here.
 *
 * @param stored null: nothing is stored about it
 */
export function compareInstance(
  server: NovaServer,
  stored: StoredInstance | null,
  comparison: Comparison,
): Difference[] {
  if (stored !== null && isExisting(stored, comparison)) return differentValues(server, stored, comparison)
  if (server.launchedAt === null) return []
  return [onlyInNova(server, server.launchedAt, stored, comparison)]
}

function onlyInNova(
  server: NovaServer,
  launchedAt: Instant,
  stored: StoredInstance | null,
  comparison: Comparison,
): Difference {
  const { recent, reason } = whyOnlyInNova(server, launchedAt, stored, comparison)
  return {
    instance: server.id,
    kind: 'only in nova',
    nova: `created ${formatInstant(server.created)}`,
    here: stored === null ? null : `last notification ${formatInstant(stored.lastWhen)}`,
    tenant: server.tenant,
    host: server.host,
    reason,
    recent,
  }
}

function whyOnlyInNova(
  { updated }: NovaServer,
  launchedAt: Instant,
  stored: StoredInstance | null,
  { requestedAt, tolerance, deployments, names }: Comparison,
): { recent: boolean; reason: string } {
  const since = requestedAt - tolerance
  const age = `less than ${minutes(tolerance)} ago`
  if (stored === null || stored.launchedAt === null) {
    if (launchedAt > since) {
      return { recent: true, reason: `launched ${age}: its notification may still arrive` }
    }
    const reason =
      stored === null
        ? 'no notification of it is stored: its launch was lost, or its deployment is not consumed'
        : 'its notifications do not say that it was launched: its launch was lost'
    return { recent: false, reason }
  }
  if (stored.deploymentId === null) {
    return { recent: false, reason: 'it is not known when it existed: run `stacktach refold`' }
  }
  if (stored.deletedAt === null) {
    const name = names.get(stored.deploymentId) ?? `${stored.deploymentId}`
    const compared = [...deployments.values()].join(', ')
    return {
      recent: false,
      reason: `its last notification is of deployment ${name}, which is not compared (${compared})`,
    }
  }
  if (stored.deletedAt > since) {
    return { recent: true, reason: `deleted here ${age}: nova may not have completed the delete` }
  }
  return updated > since
    ? { recent: true, reason: `deleted here, changed in nova ${age}: the notification of a restore may still arrive` }
    : { recent: false, reason: 'deleted here, exists in nova: a restore was lost' }
}

/** What a different value means. */
const meanings = {
  tenant: 'another project: a notification was wrong, or nova’s database was changed',
  host: 'on another host: the notification of a migration was lost',
  flavor: 'another flavor: the notification of a resize was lost',
  state: 'another state: the notification of an operation was lost',
} as const

function differentValues(server: NovaServer, stored: StoredInstance, comparison: Comparison): Difference[] {
  const { requestedAt, tolerance } = comparison
  const inOperation = server.taskState !== null
  const changed = server.updated > requestedAt - tolerance
  // Its fold was read after nova's page.
  const arrived = stored.lastWhen >= requestedAt - MINUTE
  return (['tenant', 'host', 'flavor', 'state'] as const).flatMap((kind) => {
    const [nova, here] = [server[kind], stored[kind]]
    if (nova === null || here === null || nova === here) return []
    const recent = kind !== 'tenant' && (inOperation || changed || arrived)
    return [
      {
        instance: server.id,
        kind,
        nova,
        here,
        tenant: server.tenant ?? stored.tenant,
        host: server.host ?? stored.host,
        reason: recent ? recentReason(server, { changed, tolerance }) : meanings[kind],
        recent,
      },
    ]
  })
}

function recentReason(
  { taskState }: NovaServer,
  { changed, tolerance }: { changed: boolean; tolerance: Instant },
): string {
  if (taskState !== null) return `nova is changing it (${taskState})`
  return changed
    ? `changed in nova less than ${minutes(tolerance)} ago: its notification may still arrive`
    : 'its last notification arrived during the comparison'
}

/**
 * The difference for an instance that exists here and is not in nova's list.
 *
 * @param deletedInNova whether nova deleted it within the tolerance
 */
export function onlyHere(stored: StoredInstance, deletedInNova: boolean, comparison: Comparison): Difference {
  const { requestedAt, tolerance } = comparison
  const active = stored.lastWhen > requestedAt - tolerance
  return {
    instance: stored.instance,
    kind: 'only here',
    nova: null,
    here: `last notification ${formatInstant(stored.lastWhen)}`,
    tenant: stored.tenant,
    host: stored.host,
    reason: whyOnlyHere(active, deletedInNova, tolerance),
    recent: active || deletedInNova,
  }
}

function whyOnlyHere(active: boolean, deletedInNova: boolean, tolerance: Instant): string {
  const age = `less than ${minutes(tolerance)} ago`
  if (deletedInNova) return `deleted in nova ${age}: its notification may still arrive`
  return active
    ? `its last notification was sent ${age}: it may be new, or its delete may still arrive`
    : 'exists here, not in nova: its delete was lost'
}

function minutes(duration: Instant): string {
  const count = duration / MINUTE
  return count === 1 ? 'a minute' : `${count} minutes`
}
