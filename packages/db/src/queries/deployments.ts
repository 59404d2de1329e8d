import type { Database } from '../connection/open.ts'

/** All deployments, sorted by name in code point order, independently of the database's collation. */
export async function listDeployments(db: Database): Promise<{ id: number; name: string }[]> {
  const rows = await db.prisma.deployment.findMany({ select: { id: true, name: true } })
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Names of all deployments by id. There is one deployment per broker: a few dozen at most. */
export async function deploymentNames(db: Database): Promise<ReadonlyMap<number, string>> {
  return new Map((await listDeployments(db)).map(({ id, name }) => [id, name]))
}
