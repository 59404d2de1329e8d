import { type Database, reconciledInstances } from '@stacktach/db'
import {
  type Comparison,
  compareInstance,
  type Difference,
  type Instant,
  isExisting,
  onlyHere,
  type StoredInstance,
} from '@stacktach/domain'
import type { ListedServer, Nova } from '../../openstack/nova.ts'

/** Existing instances in memory at once. */
const INSTANCES_PER_QUERY = 1_000

/** What is compared. */
export interface Reconciliation {
  nova: Pick<Nova, 'servers'>
  database: Pick<Database, 'pool'>
  comparison: Omit<Comparison, 'requestedAt'>
  /** Servers per page. */
  pageSize: number
  clock: () => Instant
  /** Called after each page. */
  onProgress?(counts: ReconcileCounts): void
}

export interface ReconcileCounts {
  /** Servers of nova, also those that never came up. */
  servers: number
  /** Instances that exist here. */
  instances: number
}

/**
 * Compares the instances that exist here with the servers of nova. Both are read once, in the order of their ids, so that
 * only a page and the differences are in memory.
 *
 * @returns the differences, and how many were compared
 */
export async function reconcile(input: Reconciliation): Promise<ReconcileCounts & { differences: Difference[] }> {
  const { nova, comparison, pageSize, clock } = input
  const differences: Difference[] = []
  const missing: StoredInstance[] = []
  const counts: ReconcileCounts = { servers: 0, instances: 0 }
  const startedAt = clock()
  let requestedAt = startedAt
  let after = ''
  const compare = async (servers: readonly ListedServer[], until: string | null) => {
    const page = new Map(servers.map((server) => [server.id, server]))
    const stored = new Map<string, StoredInstance>()
    for await (const instance of instancesOf(input, [...page.keys()], { after, until })) {
      if (page.has(instance.instance)) stored.set(instance.instance, instance)
      else missing.push(instance)
      if (isExisting(instance, comparison)) counts.instances++
    }
    const asked = { ...comparison, requestedAt }
    for (const [id, server] of page) differences.push(...compareInstance(server, stored.get(id) ?? null, asked))
    counts.servers += page.size
    input.onProgress?.(counts)
  }
  for await (const servers of nova.servers(pageSize)) {
    const last = servers.at(-1)
    if (last !== undefined) {
      await compare(servers, last.id)
      after = last.id
    }
    requestedAt = clock()
  }
  await compare([], null)
  if (missing.length > 0) {
    const deleted = await deletedSince(nova, pageSize, startedAt - comparison.tolerance)
    const asked = { ...comparison, requestedAt: startedAt }
    for (const stored of missing) differences.push(onlyHere(stored, deleted.has(stored.instance), asked))
  }
  return { ...counts, differences }
}

/** The stored instances of a page, each once: those with its ids, and those that exist in the range of its ids. */
async function* instancesOf(
  { database, comparison: { deployments } }: Reconciliation,
  ids: readonly string[],
  { after, until }: { after: string; until: string | null },
): AsyncGenerator<StoredInstance> {
  const yielded = new Set<string>()
  for (let start: string | undefined = after, wanted = ids; start !== undefined; wanted = []) {
    const instances: Awaited<ReturnType<typeof reconciledInstances>> = await reconciledInstances(database, {
      ids: wanted,
      deployments: [...deployments.keys()],
      after: start,
      until,
      limit: INSTANCES_PER_QUERY,
    })
    for (const instance of instances) {
      if (yielded.has(instance.instance)) continue
      if (wanted.length > 0) yielded.add(instance.instance)
      yield instance
    }
    const existing = instances.filter(({ inRange }) => inRange)
    start = existing.length < INSTANCES_PER_QUERY ? undefined : existing.at(-1)?.instance
  }
}

/** The servers that nova deleted, also softly, since a time. */
async function deletedSince(nova: Pick<Nova, 'servers'>, limit: number, since: Instant): Promise<Set<string>> {
  const deleted = new Set<string>()
  const parameters = { 'changes-since': new Date(since / 1000).toISOString() }
  for await (const servers of nova.servers(limit, parameters)) {
    for (const { id, status } of servers) if (status === 'DELETED' || status === 'SOFT_DELETED') deleted.add(id)
  }
  return deleted
}
