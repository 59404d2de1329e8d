import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** All deployments, sorted by name in code point order, independently of the database's collation. */
export async function listDeployments(db: Database): Promise<{ id: number; name: string }[]> {
  const rows = await db.prisma.deployment.findMany({ select: { id: true, name: true } })
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** All deployments, sorted by name, with the latest `when` of their notifications; null: none has arrived yet. */
export async function deploymentActivity(
  db: Database,
): Promise<{ id: number; name: string; lastWhen: Instant | null }[]> {
  const rows = await db.prisma.deployment.findMany()
  return rows
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ id, name, lastWhen }) => ({ id, name, lastWhen: lastWhen === null ? null : Number(lastWhen) }))
}

/** Names of all deployments by id. There is one deployment per broker: a few dozen at most. */
export async function deploymentNames(db: Database): Promise<ReadonlyMap<number, string>> {
  return new Map((await listDeployments(db)).map(({ id, name }) => [id, name]))
}
